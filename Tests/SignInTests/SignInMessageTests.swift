import LibSodium
import PrivacyPass
import TestSupport
import Testing

@testable import SignIn

/// The bytes of a sign-in.
@Suite struct SignInMessageTests {
    private let audience: Audience
    private let challenge: SignInChallenge

    init() throws {
        audience = try #require(Audience("radio.example"))
        challenge = SignInChallenge(audience: audience, nonce: Randomness.bytes32(), expiry: 1_800_000_000)
    }

    private func answer(_ key: borrowing Ed25519.PrivateKey, _ successions: [KeySuccession] = []) -> SignInAnswer {
        SignInAnswer(to: challenge, key: key, successions: successions)
    }

    @Test func anAudienceIsPrintableAndNotLongerThan255() {
        #expect(Audience(String(repeating: "a", count: 255)) != nil)
        for text in ["", String(repeating: "a", count: 256), "a b", "a\n", "ä", "a\u{0}", "\u{7f}"] {
            #expect(Audience(text) == nil, "\(text)")
        }
    }

    @Test func theFormsOfAChallengeAreOneToOne() throws {
        #expect(try SignInChallenge(decoding: challenge.encoded) == challenge)
        #expect(try SignInChallenge(text: challenge.text) == challenge)
        #expect(challenge.encoded.prefix(4) == [1, 1, 0, 13] && challenge.encoded.count == 2 + 2 + 13 + 32 + 8)
        #expect(challenge.encoded.suffix(8) == [0, 0, 0, 0, 0x6b, 0x49, 0xd2, 0x00])
        for text in [challenge.text + "=", challenge.text + "A", " " + challenge.text, ""] {
            #expect(throws: MessageError.self) { try SignInChallenge(text: text) }
        }
    }

    @Test func theFormsOfAnAnswerAreOneToOne() throws {
        let old = Ed25519.PrivateKey()
        let new = Ed25519.PrivateKey()
        for answer in [answer(new), answer(new, [KeySuccession(from: old, to: new, audience: audience)])] {
            #expect(try SignInAnswer(decoding: answer.encoded) == answer)
            #expect(try SignInAnswer(text: answer.text) == answer)
            #expect(answer.isValid)
        }
    }

    @Test func noByteOfAnAnswerCanBeChanged() throws {
        let old = Ed25519.PrivateKey()
        let new = Ed25519.PrivateKey()
        let encoded = answer(new, [KeySuccession(from: old, to: new, audience: audience)]).encoded
        var decoded = 0
        for index in encoded.indices {
            for bit in 0..<8 {
                var changed = encoded
                changed[index] ^= 1 << UInt8(bit)
                guard let answer = try? SignInAnswer(decoding: changed) else { continue }
                decoded += 1
                #expect(!answer.isValid, "byte \(index), bit \(bit)")
            }
        }
        #expect(decoded > 2_000)
        for count in 0..<encoded.count {
            #expect(throws: MessageError.self) { try SignInAnswer(decoding: Array(encoded.prefix(count))) }
        }
        #expect(throws: MessageError.self) { try SignInAnswer(decoding: encoded + [0]) }
    }

    @Test func aSignatureCountsForOneChallengeAlone() throws {
        let key = Ed25519.PrivateKey()
        let other = SignInChallenge(audience: audience, nonce: Randomness.bytes32(), expiry: challenge.expiry)
        let elsewhere = SignInChallenge(
            audience: try #require(Audience("other.example")), nonce: challenge.nonce, expiry: challenge.expiry)
        let later = SignInChallenge(audience: audience, nonce: challenge.nonce, expiry: challenge.expiry + 1)
        let count = challenge.encoded.count
        let erasure = SignInChallenge(
            audience: audience, purpose: .erase, nonce: challenge.nonce, expiry: challenge.expiry)
        for wrong in [other, later, erasure] {
            let moved = [1] + UInt16(count).bigEndianBytes + wrong.encoded + answer(key).encoded.dropFirst(3 + count)
            #expect(try !SignInAnswer(decoding: moved).isValid)
        }
        let moved = [1] + UInt16(count).bigEndianBytes + elsewhere.encoded + answer(key).encoded.dropFirst(3 + count)
        #expect(try !SignInAnswer(decoding: moved).isValid)
    }

    @Test func successionsLeadOneAfterAnotherToTheKeyThatSignsIn() throws {
        let first = Ed25519.PrivateKey()
        let second = Ed25519.PrivateKey()
        let third = Ed25519.PrivateKey()
        let one = KeySuccession(from: first, to: second, audience: audience)
        let two = KeySuccession(from: second, to: third, audience: audience)
        #expect(answer(third, [one, two]).isValid && answer(third, [two]).isValid)
        #expect(!answer(third, [one]).isValid && !answer(third, [two, one]).isValid)
        #expect(!answer(second, [one, two]).isValid && !answer(first, [one]).isValid)
        let elsewhere = KeySuccession(
            from: second, to: third, audience: try #require(Audience("other.example")))
        #expect(!answer(third, [elsewhere]).isValid)
        #expect(!answer(third, [KeySuccession(from: third, to: third, audience: audience)]).isValid)
    }

    @Test func anAnswerBringsAtMostSixteenSuccessions() throws {
        let old = Ed25519.PrivateKey()
        let new = Ed25519.PrivateKey()
        let succession = KeySuccession(from: old, to: new, audience: audience)
        let most = answer(new, Array(repeating: succession, count: 20))
        #expect(most.successions.count == 16)
        let longest = SignInChallenge(
            audience: try #require(Audience(String(repeating: "a", count: 255))), nonce: .zero, expiry: .max)
        let encoded = SignInAnswer(to: longest, key: new, successions: most.successions).encoded
        #expect(encoded.count == SignInAnswer.maximumCount && SignInAnswer.maximumCount == 3_471)
        #expect(try SignInAnswer(decoding: encoded).challenge == longest)
        let place = answer(new).encoded.count - 1
        let many = answer(new).encoded.prefix(place) + [17] + [UInt8](repeating: 0, count: 17 * 192)
        #expect(throws: MessageError.self) { try SignInAnswer(decoding: Array(many)) }
    }

    @Test func randomBytesAreNoMessage() {
        var generator = SplitMix(seed: 11)
        for _ in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0...700, using: &generator)).map { _ in
                UInt8.random(in: 0...3, using: &generator)
            }
            if let answer = try? SignInAnswer(decoding: bytes) { #expect(!answer.isValid) }
            _ = try? SignInChallenge(decoding: bytes)
        }
    }

    @Test func nothingOfAPersonIsShownByAccident() {
        let key = Ed25519.PrivateKey()
        let pseudonym = Pseudonym(firstKey: key.publicKey, audience: audience)
        #expect("\(answer(key)) \(pseudonym)" == "SignInAnswer Pseudonym" && pseudonym.text.count == 43)
    }
}

extension UInt16 {
    fileprivate var bigEndianBytes: [UInt8] { [UInt8(self >> 8), UInt8(self & 255)] }
}
