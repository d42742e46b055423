package import KeySchedule
package import LibSodium
package import PortesVerifier
package import SignIn
internal import Testing

/// What every store of accounts has to do, held against one of them.
package struct SignInStoreRules {
    private let store: any SignInStore
    private let audience: Audience
    private let verifier: SignInVerifier

    private struct NoAudience: Error {}

    package init(store: any SignInStore) throws {
        guard let audience = Audience("radio.example") else { throw NoAudience() }
        self.store = store
        self.audience = audience
        verifier = SignInVerifier(audience: audience)
    }

    package func time(_ seconds: Int64) -> UnixTime { UnixTime(seconds: Mint.start + seconds) }

    package func signIn(
        _ key: borrowing Ed25519.PrivateKey, after successions: [KeySuccession] = [], at seconds: Int64 = 0
    ) -> VerifiedSignIn {
        let answer = SignInAnswer(
            to: verifier.challenge(at: time(seconds)), key: key, successions: successions)
        do { return try verifier.verify(signIn: answer, at: time(seconds)) } catch { fatalError("\(error)") }
    }

    package func erasure(
        _ key: borrowing Ed25519.PrivateKey, after successions: [KeySuccession] = []
    ) -> VerifiedErasure {
        let answer = SignInAnswer(
            to: verifier.challenge(.erase, at: time(0)), key: key, successions: successions)
        do { return try verifier.verify(erasure: answer, at: time(0)) } catch { fatalError("\(error)") }
    }

    private func admit(
        _ key: borrowing Ed25519.PrivateKey, after successions: [KeySuccession] = []
    ) async throws -> SignInOutcome {
        let signIn = signIn(key, after: successions)
        return try await store.admit(signIn, at: time(0))
    }

    private func pseudonym(_ outcome: SignInOutcome) throws -> Pseudonym {
        guard case .admitted(let pseudonym, _) = outcome else { throw NoAudience() }
        return pseudonym
    }

    /// Tries all rules.
    package func hold() async throws {
        try await aPersonIsKnownAgain()
        try await anAnswerCountsOnce()
        try await aKeyThatFollowsAnotherKeepsThePseudonym()
        try await anErasedAccountIsGone()
    }

    private func aPersonIsKnownAgain() async throws {
        let (mine, others) = (Ed25519.Seed(), Ed25519.Seed())
        let first = try await admit(mine.key)
        let pseudonym = try pseudonym(first)
        #expect(first == .admitted(pseudonym, isNew: true))
        #expect(try await admit(mine.key) == .admitted(pseudonym, isNew: false))
        #expect(try await admit(others.key) != .admitted(pseudonym, isNew: true))
    }

    private func anAnswerCountsOnce() async throws {
        let (signIn, time, store) = (signIn(Ed25519.PrivateKey()), time(0), store)
        let outcomes = try await withThrowingTaskGroup(of: SignInOutcome.self) { group in
            for _ in 0..<64 { group.addTask { try await store.admit(signIn, at: time) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == .refused(.replayed) } == 63)
        // It may have been checked in time and come late.
        let late = try await store.admit(self.signIn(Ed25519.PrivateKey()), at: time.adding(seconds: 360))
        #expect(late == .refused(.expired))
    }

    private func aKeyThatFollowsAnotherKeepsThePseudonym() async throws {
        let (first, second, third, thief) = (Ed25519.Seed(), Ed25519.Seed(), Ed25519.Seed(), Ed25519.Seed())
        let one = KeySuccession(from: first.key, to: second.key, audience: audience)
        let two = KeySuccession(from: second.key, to: third.key, audience: audience)
        let pseudonym = try pseudonym(await admit(first.key))
        // Two changes since the last sign-in.
        #expect(try await admit(third.key, after: [one, two]) == .admitted(pseudonym, isNew: false))
        #expect(try await admit(third.key) == .admitted(pseudonym, isNew: false))
        #expect(try await admit(first.key) == .refused(.superseded))
        #expect(try await admit(second.key, after: [one]) == .refused(.superseded))
        // Who had the first secret comes too late.
        let stolen = KeySuccession(from: first.key, to: thief.key, audience: audience)
        #expect(try await admit(thief.key, after: [stolen]) == .refused(.superseded))
        // Statements about keys that are not known here open an account like any other.
        let fresh = KeySuccession(from: Ed25519.Seed().key, to: thief.key, audience: audience)
        #expect(try await self.pseudonym(admit(thief.key, after: [fresh])) != pseudonym)
    }

    private func anErasedAccountIsGone() async throws {
        let (first, second) = (Ed25519.Seed(), Ed25519.Seed())
        let one = KeySuccession(from: first.key, to: second.key, audience: audience)
        let pseudonym = try pseudonym(await admit(first.key))
        _ = try await admit(second.key, after: [one])
        #expect(try await store.erase(erasure(first.key), at: time(0)) == .refused(.superseded))
        let erasure = erasure(second.key)
        #expect(try await store.erase(erasure, at: time(0)) == .admitted(pseudonym, isNew: false))
        #expect(try await store.erase(erasure, at: time(0)) == .refused(.replayed))
        #expect(try await store.erase(self.erasure(second.key), at: time(0)) == .refused(.unknownAccount))
        // Nothing is left of it, not even that the first key was replaced.
        #expect(try await admit(first.key) == .admitted(pseudonym, isNew: true))
    }
}

extension Ed25519 {
    /// A key that can be had as often as it is needed.
    fileprivate struct Seed: Sendable {
        private let bytes = Randomness.bytes(32)

        var key: PrivateKey {
            guard let key = PrivateKey(seed: SecretBytes(copying: bytes)) else { fatalError("no seed") }
            return key
        }
    }
}
