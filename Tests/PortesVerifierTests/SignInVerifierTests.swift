import KeySchedule
import LibSodium
import PortesVerifier
import PrivacyPass
import SignIn
import Testing
import VerifierSupport

/// What a service takes as an answer to its challenge, and what not.
@Suite struct SignInVerifierTests {
    private let audience: Audience
    private let verifier: SignInVerifier
    private let now = UnixTime(seconds: 1_800_000_007)

    init() throws {
        audience = try #require(Audience("radio.example"))
        verifier = SignInVerifier(audience: audience)
    }

    private func failure(
        _ answer: SignInAnswer, erasing: Bool = false, after seconds: Int64 = 0, by other: SignInVerifier? = nil
    ) -> SignInFailure? {
        do throws(SignInFailure) {
            let (judge, time) = (other ?? verifier, now.adding(seconds: seconds))
            if erasing { _ = try judge.verify(erasure: answer, at: time) } else {
                _ = try judge.verify(signIn: answer, at: time)
            }
            return nil
        } catch {
            return error
        }
    }

    @Test func anAnswerToAFreshChallengeIsTakenUntilItsLastMinuteIsOver() {
        let challenge = verifier.challenge(at: now)
        let answer = SignInAnswer(to: challenge, key: Ed25519.PrivateKey())
        #expect(challenge.expiry % 60 == 0 && (300...360).contains(challenge.expiry - now.seconds))
        #expect(failure(answer) == nil && failure(answer, after: challenge.expiry - now.seconds - 1) == nil)
        #expect(failure(answer, after: challenge.expiry - now.seconds) == .expired)
    }

    @Test func anAnswerForAnotherServiceOrPurposeDoesNotCount() throws {
        let key = Ed25519.PrivateKey()
        let other = SignInVerifier(audience: try #require(Audience("other.example")))
        #expect(failure(SignInAnswer(to: other.challenge(at: now), key: key)) == .wrongAudience)
        let erasure = SignInAnswer(to: verifier.challenge(.erase, at: now), key: key)
        #expect(failure(erasure) == .wrongPurpose && failure(erasure, erasing: true) == nil)
        let signIn = SignInAnswer(to: verifier.challenge(at: now), key: key)
        #expect(failure(signIn, erasing: true) == .wrongPurpose)
    }

    @Test func aChallengeThatTheServiceDidNotMakeDoesNotCount() {
        let key = Ed25519.PrivateKey()
        let own = verifier.challenge(at: now)
        let made = SignInChallenge(audience: audience, nonce: Randomness.bytes32(), expiry: own.expiry)
        let later = SignInChallenge(audience: audience, nonce: own.nonce, expiry: own.expiry + 60)
        let turned = SignInChallenge(audience: audience, purpose: .erase, nonce: own.nonce, expiry: own.expiry)
        #expect(failure(SignInAnswer(to: made, key: key)) == .unknownChallenge)
        #expect(failure(SignInAnswer(to: later, key: key)) == .unknownChallenge)
        #expect(failure(SignInAnswer(to: turned, key: key), erasing: true) == .unknownChallenge)
        // Another process of the service, without the secret and with it.
        let answer = SignInAnswer(to: own, key: key)
        #expect(failure(answer, by: SignInVerifier(audience: audience)) == .unknownChallenge)
        let one = SignInVerifier(audience: audience, secret: SecretBytes(copying: Array(1...32)))
        let two = SignInVerifier(audience: audience, secret: SecretBytes(copying: Array(1...32)))
        #expect(failure(SignInAnswer(to: one.challenge(at: now), key: key), by: two) == nil)
    }

    @Test func noChangedAnswerIsTaken() throws {
        let encoded = SignInAnswer(to: verifier.challenge(at: now), key: Ed25519.PrivateKey()).encoded
        var named: Set<SignInFailure> = []
        for index in encoded.indices {
            for bit in 0..<8 {
                var changed = encoded
                changed[index] ^= 1 << UInt8(bit)
                guard let answer = try? SignInAnswer(decoding: changed) else { continue }
                named.insert(try #require(failure(answer), "byte \(index), bit \(bit)"))
            }
        }
        #expect(named.isSuperset(of: [.wrongAudience, .unknownChallenge, .badSignature]))
    }
}

/// What becomes of an answer that passed, in every store.
@Suite struct MemorySignInStoreTests {
    @Test func accountsInMemoryKeepTheRules() async throws {
        try await SignInStoreRules(store: MemorySignInStore()).hold()
    }

    @Test func whatWasAnsweredIsRememberedForADayAndThenForgotten() async throws {
        let (rules, store) = (try SignInStoreRules(store: MemorySignInStore()), MemorySignInStore())
        let first = rules.signIn(Ed25519.PrivateKey(), at: 0)
        guard case .admitted = try await store.admit(first, at: rules.time(0)) else {
            Issue.record("not let in")
            return
        }
        #expect(try await store.admit(first, at: rules.time(1)) == .refused(.replayed))
        // Somebody else signs in after a day less a minute, then after more than one.
        for seconds in [86_340, 86_400 + 361] as [Int64] {
            _ = try await store.admit(rules.signIn(Ed25519.PrivateKey(), at: seconds), at: rules.time(seconds))
            let again = try await store.admit(first, at: rules.time(0))
            #expect((again == .refused(.replayed)) == (seconds == 86_340))
        }
    }
}
