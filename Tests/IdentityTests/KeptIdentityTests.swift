import LibSodium
import SignIn
import TestSupport
import Testing

@testable import Identity

/// What a device keeps of an identity while its secret changes.
@Suite struct KeptIdentityTests {
    private let radio: Audience
    private let shop: Audience

    init() throws {
        radio = try #require(Audience("radio.example"))
        shop = try #require(Audience("shop.example"))
    }

    private func challenge(_ audience: Audience) -> SignInChallenge {
        SignInChallenge(audience: audience, nonce: Randomness.bytes32(), expiry: 1_800_000_000)
    }

    private func bytes(_ identity: borrowing KeptIdentity) -> [UInt8] {
        identity.encoded().withUnsafeBytes { Array($0) }
    }

    private func error(_ bytes: [UInt8]) -> KeptIdentityError? {
        do throws(KeptIdentityError) {
            _ = try KeptIdentity(decoding: SecretBytes(copying: bytes))
            return nil
        } catch {
            return error
        }
    }

    @Test func aServiceIsToldOfEveryChangeSinceItsLastSignInAndAStrangerOfNone() throws {
        var kept = KeptIdentity()
        let first = kept.answer(to: challenge(radio)).key
        kept.noteSignIn(at: radio)
        kept = try kept.rekeyed()
        kept.noteSignIn(at: shop)
        kept = try kept.rekeyed()
        #expect(kept.changeCount == 2 && kept.audiences == [radio, shop] && kept.untoldAudiences == [radio, shop])
        let answer = kept.answer(to: challenge(radio))
        #expect(answer.isValid && answer.successions.map(\.oldKey).first == first && answer.successions.count == 2)
        let atShop = kept.answer(to: challenge(shop))
        #expect(atShop.isValid && atShop.successions.count == 1)
        let strange = kept.answer(to: challenge(try #require(Audience("new.example"))))
        #expect(strange.isValid && strange.successions.isEmpty)
        kept.noteSignIn(at: radio)
        #expect(kept.untoldAudiences == [shop] && kept.answer(to: challenge(radio)).successions.isEmpty)
        kept.noteErasure(at: shop)
        #expect(kept.audiences == [radio])
    }

    @Test func whatNoServiceNeedsIsForgottenWithTheNextChange() throws {
        var kept = KeptIdentity()
        for _ in 0..<40 { kept = try kept.rekeyed() }
        #expect(kept.changeCount == 40 && kept.secrets.count == 64)
        kept.noteSignIn(at: radio)
        for _ in 0..<16 { kept = try kept.rekeyed() }
        let answer = kept.answer(to: challenge(radio))
        #expect(answer.isValid && answer.successions.count == 16 && kept.changeCount == 56)
        // Read again, it says the same.
        let again = try KeptIdentity(decoding: kept.encoded())
        #expect(again.answer(to: challenge(radio)).successions == answer.successions)
        #expect(throws: KeptIdentityError.tooManyChanges) { _ = try KeptIdentity(decoding: again.encoded()).rekeyed() }
    }

    @Test func anIdentityIsReadAsItWasWritten() throws {
        var kept = KeptIdentity()
        for _ in 0..<3 { kept = try kept.rekeyed() }
        kept.noteSignIn(at: shop)
        kept = try kept.rekeyed()
        kept.noteSignIn(at: radio)
        let encoded = bytes(kept)
        let again = try KeptIdentity(decoding: SecretBytes(copying: encoded))
        #expect(bytes(again) == encoded)
        #expect(again.changeCount == 4 && again.untoldAudiences == [shop])
        #expect(again.secret().encoded().withUnsafeBytes { Array($0) } == kept.secret().encoded().withUnsafeBytes { Array($0) })
    }

    @Test func damageIsFoundWhereverItIs() throws {
        var kept = KeptIdentity()
        kept.noteSignIn(at: radio)
        let encoded = bytes(kept)
        for index in encoded.indices {
            var damaged = encoded
            damaged[index] ^= 0x10
            #expect(error(damaged) == (index == 7 ? .newerVersion : .corrupt), "byte \(index)")
        }
        for count in 0..<encoded.count { #expect(error(Array(encoded.prefix(count))) == .corrupt) }
        #expect(error(encoded + [0]) == .corrupt)
    }

    @Test func bytesWithARightDigestAndAWrongFormAreRefused() {
        func sealed(_ body: [UInt8]) -> [UInt8] {
            let bytes = Array("PORTESI1".utf8) + body
            return bytes + KeyedBLAKE2b.hash(bytes).bytes
        }
        let secret = [UInt8](repeating: 7, count: 32)
        #expect(error(sealed([1, 0, 0, 0, 0] + secret + [0, 0])) == nil)
        let wrong: [[UInt8]] = [
            [0, 0, 0, 0, 0, 0, 0], [18, 0, 0, 0, 0] + Array(repeating: 7, count: 18 * 32) + [0, 0],
            [1, 255, 255, 255, 255] + secret + [0, 0], [1, 0, 0, 0, 0] + secret + [0, 1],
            // A service that knows a secret there was not yet, two of one name, a name of no characters.
            [1, 0, 0, 0, 0] + secret + [0, 1, 0, 1, 97, 0, 0, 0, 1],
            [1, 0, 0, 0, 0] + secret + [0, 2, 0, 1, 97, 0, 0, 0, 0, 0, 1, 97, 0, 0, 0, 0],
            [1, 0, 0, 0, 0] + secret + [0, 1, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0] + secret + [0, 0, 0],
        ]
        for body in wrong { #expect(error(sealed(body)) == .corrupt, "\(body.prefix(8))") }
    }
}
