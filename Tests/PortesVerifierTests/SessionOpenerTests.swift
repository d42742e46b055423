import KeySchedule
import LibSodium
import PortesVerifier
import PrivacyPass
import Sessions
import SignIn
import TestSupport
import Testing
import VerifierSupport

/// One token, one session: however often, from where and when it is asked for.
@Suite struct SessionOpenerTests {
    private let time = ManualTime()
    private let mint: Mint
    private let challenge: TokenChallenge
    private let state: VerifierState
    private let ledger: MemorySpendLedger
    private let audience: Audience
    private let seed = Randomness.bytes(SessionKey.seedCount)
    private let opener: SessionOpener

    private static let day: Int64 = 86_400
    private static let lives: [Int64] = [60, 299, 300, 301, 900, 3_600, 10_000, 86_400]

    init() throws {
        let end = Mint.start + 6 * Self.day
        mint = try Mint(issueUntil: end, acceptUntil: end)
        challenge = try Sample.challenge()
        state = VerifierState(try time.verifier(mint))
        ledger = MemorySpendLedger(state: state, audience: "origin.example", time: time)
        audience = try #require(Audience("radio.example"))
        opener = SessionOpener(audience: audience, key: try Self.key(seed))
    }

    private static func key(_ seed: [UInt8]) throws -> SessionKey {
        // A seed cannot be copied, as a macro would.
        let key = SessionKey(seed: SecretBytes(copying: seed))
        return try #require(key)
    }

    private func opener(life: Int64) throws -> SessionOpener {
        SessionOpener(audience: audience, key: try Self.key(seed), life: life)
    }

    private func verified(_ token: Token? = nil) throws -> VerifiedToken {
        let token = try token ?? mint.token(for: challenge)
        return try state.verifier.verify(token, for: challenge, at: time.now(), answeringReplays: true)
    }

    /// Time passes, and the revocation list is read again.
    private func advance(seconds: Int64) throws {
        time.advance(seconds: seconds)
        let next = try time.verifier(mint)
        state.update { _ in next }
    }

    private func at(_ seconds: Int64) -> UnixTime { UnixTime(seconds: Mint.start).adding(seconds: seconds) }

    /// What a request gets at a time of the server's that answers it.
    private func open(
        _ token: VerifiedToken, _ opener: SessionOpener? = nil, boundTo thumbprint: Bytes32? = nil, at now: UnixTime
    ) async throws -> OpenedSession? {
        let opener = opener ?? self.opener
        let outcomes = try await ledger.spend([opener.spend(token, boundTo: thumbprint, at: now)])
        return opener.session(try #require(outcomes.first), to: token, boundTo: thumbprint, at: now)
    }

    private func generator() -> (SplitMix, UInt64) {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        return (SplitMix(seed: seed), seed)
    }

    @Test func aTokenOpensASessionOfItsCapability() async throws {
        for thumbprint in [nil, Randomness.bytes32()] {
            let session = try #require(try await open(verified(), boundTo: thumbprint, at: at(130)))
            let (claims, key) = (session.claims, try Self.key(seed))
            #expect(claims.audience == audience && claims.capability == mint.record.capability)
            // From the end of its slot on, one hour.
            #expect(claims.keyThumbprint == thumbprint && claims.expiry == at(300 + 3_600))
            #expect(try SessionClaims(unverified: session.text) == claims)
            let verifier = try #require(SessionVerifier(audience: audience, keySet: key.keySet))
            let presented = PresentedSession(
                authorization: ["Bearer \(session.text)"], proofs: [], method: "GET", path: "/", servers: [])
            if thumbprint == nil {
                #expect(try verifier.verify(#require(presented), at: at(130)).claims == claims)
            }
            #expect(!"\(session) ".contains(session.text) && !String(reflecting: session).contains(claims.id.text))
        }
    }

    @Test func aRepetitionGetsTheSameTextInEverySlotOfItsLifeAndNoneAfter() async throws {
        let token = try verified()
        let first = try #require(try await open(token, at: at(130)))
        for slot in Int64(-13)...12 {
            for second in [0, 1, 130, 299] as [Int64] {
                #expect(try await open(token, at: at(slot * 300 + second))?.text == first.text, "slot \(slot)")
            }
        }
        for seconds in [3_900, 3_901, 4_200, 4_500, 7_200, Self.day, 100 * Self.day, -Self.day] as [Int64] {
            #expect(try await open(token, at: at(seconds)) == nil, "after \(seconds) s")
        }
        #expect(try await open(token, at: at(3_899))?.text == first.text)
    }

    @Test func atWhateverTimesATokenIsShownItOpensOneSession() async throws {
        var (generator, seed) = generator()
        for round in 0..<40 {
            let life = try #require(Self.lives.randomElement(using: &generator))
            let (opener, token) = (try opener(life: life), try verified())
            let begin = at(Int64.random(in: 0..<Self.day, using: &generator))
            let first = try #require(try await open(token, opener, at: begin))
            let (end, what) = (first.claims.expiry, "seed \(seed), round \(round), life \(life)")
            let within = (0..<12).map { _ in
                begin.adding(seconds: Int64.random(in: -life..<end.seconds(since: begin), using: &generator))
            }
            let edges = ([0, 1, 299, 300, 301, 900] as [Int64]).map { end.adding(seconds: $0) }
            let after = (0..<6).map { _ in end.adding(seconds: Int64.random(in: 0...5 * Self.day, using: &generator)) }
            for now in (within + edges + after).shuffled(using: &generator) {
                let again = try await open(token, opener, at: now)
                #expect(again?.text == (now < end ? first.text : nil), "\(what), at \(now.seconds(since: begin))")
            }
            // Long before, as by a clock that is far off, it opens none either.
            for _ in 0..<4 {
                let long = begin.adding(seconds: -life - Int64.random(in: 1...5 * Self.day, using: &generator))
                let text = try await open(token, opener, at: long)?.text
                #expect(text == nil || text == first.text, "\(what)")
            }
        }
    }

    @Test func daysLaterUntilTheKeyEndsAndAfterASpentTokenOpensNothing() async throws {
        let (token, unspent) = (try mint.token(for: challenge), try mint.token(for: challenge))
        let first = try #require(try await open(verified(token), at: time.now().wall))
        try advance(seconds: 3_000)
        #expect(try await open(verified(token), at: time.now().wall)?.text == first.text)
        for _ in 0..<5 {
            try advance(seconds: Self.day)
            #expect(try await open(verified(token), at: time.now().wall) == nil)
        }
        let last = try mint.token(for: challenge)
        time.advance(seconds: at(6 * Self.day - 5).seconds(since: time.now().wall))
        try advance(seconds: 0)
        let session = try #require(try await open(verified(last), at: time.now().wall))
        try advance(seconds: 10)
        // The key has ended: an answer that was lost is given again, and nothing is opened any more.
        #expect(try await open(verified(last), at: time.now().wall)?.text == session.text)
        #expect(try await open(verified(unspent), at: time.now().wall) == nil)
        #expect(try await open(verified(token), at: time.now().wall) == nil)
    }

    @Test func anotherDeviceKeyOrAnotherServiceFindsTheTokenSpent() async throws {
        let other = SessionOpener(audience: try #require(Audience("other.example")), key: try Self.key(seed))
        let (mine, yours) = (Randomness.bytes32(), Randomness.bytes32())
        for (thumbprint, others) in [(nil, [mine]), (mine, [nil, yours])] as [(Bytes32?, [Bytes32?])] {
            let token = try verified()
            let session = try #require(try await open(token, boundTo: thumbprint, at: at(0)))
            let spends = others.map { opener.spend(token, boundTo: $0, at: at(0)) }
                + [other.spend(token, boundTo: thumbprint, at: at(0))]
            for (spend, bound) in zip(spends, others + [thumbprint]) {
                let outcomes = try await ledger.spend([spend])
                #expect(outcomes == [.alreadySpent])
                #expect(opener.session(outcomes[0], to: token, boundTo: bound, at: at(0)) == nil)
            }
            #expect(try await open(token, boundTo: thumbprint, at: at(0))?.text == session.text)
        }
    }

    @Test func ofManyRequestsAtOnceAllGetOneSession() async throws {
        let token = try verified()
        let texts = try await withThrowingTaskGroup(of: String?.self) { group in
            // Answered by processes whose clocks are in several slots.
            for index in 0..<64 {
                group.addTask { try await open(token, at: at(Int64(index % 4) * 200)).map(\.text) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(texts.count == 64 && Set(texts).count == 1 && texts[0] != nil)
    }

    @Test func anotherProcessWithTheSameSecretGivesTheSameSessionAndOneWithAnotherGivesNone() async throws {
        let token = try verified()
        let first = try #require(try await open(token, at: at(0)))
        #expect(try await open(token, opener(life: 3_600), at: at(700))?.text == first.text)
        let strange = SessionOpener(audience: audience, key: try Self.key(Randomness.bytes(32)))
        // Where the secret is replaced, a token that opened a session opens no other.
        #expect(try await open(token, strange, at: at(700)) == nil)
    }

    @Test func allThatOpenInOneSlotEndAtOneTimeWhichTellsNoMore() async throws {
        var (generator, seed) = generator()
        for life in [60, 299, 300, 301, 3_600, 86_400] as [Int64] {
            let (opener, slot) = (try opener(life: life), Int64.random(in: 0..<1_000, using: &generator))
            var ends: Set<UnixTime> = []
            for second in [0, 299, .random(in: 0..<300, using: &generator)] as [Int64] {
                let now = at(slot * 300 + second)
                let end = try #require(try await open(verified(), opener, at: now)).claims.expiry
                #expect(end.seconds % 300 == 0 && end >= now.adding(seconds: life), "seed \(seed), life \(life)")
                #expect(end <= now.adding(seconds: life + 2 * SessionClaims.slotLength))
                ends.insert(end)
            }
            #expect(ends.count == 1, "seed \(seed), life \(life)")
        }
    }

    @Test func aTokenThatWasRedeemedOpensNoSessionAndOneThatOpenedOneIsNotRedeemed() async throws {
        for binding in [nil, SpendBinding.random()] {
            let (redeemed, opened) = (try verified(), try verified())
            guard case .spent? = try await ledger.spend([Spend(redeemed, binding: binding)]).first else {
                return #expect(Bool(false))
            }
            let sessions = (try await open(redeemed, at: at(0)), try await open(opened, at: at(0)))
            #expect(sessions.0 == nil && sessions.1 != nil)
            let outcomes = try await ledger.spend([Spend(opened, binding: binding), Spend(opened)])
            #expect(outcomes == [.alreadySpent, .alreadySpent])
        }
    }

    @Test func theNameOfASessionIsNoHashThatOthersCanMake() async throws {
        let token = try mint.token(for: challenge)
        let verified = try verified(token)
        let spend = opener.spend(verified, boundTo: nil, at: at(0))
        let binding = try #require(spend.binding).bytes
        let session = try #require(try await open(verified, at: at(0)))
        let known = [
            token.input.nonce.bytes.bytes, token.input.encoded, token.encoded, verified.nullifier.bytes, binding,
            SHA256.hash(binding).bytes, token.input.nonce.bytes.bytes + Array(audience.text.utf8),
        ]
        let (name, publicKey) = (session.claims.id.bytes, try Self.key(seed).publicKey.encoded)
        for bytes in known {
            #expect(name.bytes.prefix(16) != bytes.prefix(16))
            #expect(name != SHA256.hash(bytes) && name != KeyedBLAKE2b.hash(bytes))
            #expect(name != KeyedBLAKE2b.hash(bytes, key: publicKey))
        }
    }

    @Test func timesAndLivesFarOffDoNotTrap() async throws {
        for (given, life) in [(0, 60), (.min, 60), (.max, 86_400), (86_401, 86_400), (61, 61)] as [(Int64, Int64)] {
            let opener = try opener(life: given)
            #expect(opener.life == life)
            for seconds in [Int64.min, -1, 0, 1 << 48, .max - 1, .max] {
                let (token, now) = (try verified(), UnixTime(seconds: seconds))
                let session = try await open(token, opener, at: now)
                #expect(session?.text == (try await open(token, opener, at: now))?.text)
                #expect(session.map { $0.claims.expiry > now } ?? (seconds > 1 << 48))
            }
        }
        for count in [0, 31, 33] { #expect(SessionKey(seed: SecretBytes(randomCount: count)) == nil) }
    }

    /// What a client knows of a request, so that it could try to have its token redeemed with the same binding.
    private func guess(_ token: Token, slot: Int64) -> [UInt8] {
        var writer = Array("portes session v1\n".utf8) + token.input.nonce.bytes.bytes
        writer += [0, UInt8(audience.text.utf8.count)] + Array(audience.text.utf8) + [0]
        writer += (0..<8).map { UInt8(truncatingIfNeeded: slot >> (56 - 8 * $0)) }
        return SHA256.hash(writer).bytes
    }

    @Test func noClientCanHaveATokenRedeemedWithTheBindingOfASession() async throws {
        let slot = time.now().wall.seconds / SessionClaims.slotLength
        let (first, second) = (try mint.token(for: challenge), try mint.token(for: challenge))
        let guesses = try [first, second].map { try #require(SpendBinding(guess($0, slot: slot))) }
        guard case .spent? = try await ledger.spend([Spend(verified(first), binding: guesses[0])]).first else {
            return #expect(Bool(false))
        }
        #expect(try await open(verified(first), at: time.now().wall) == nil)
        #expect(try await open(verified(second), at: time.now().wall) != nil)
        #expect(try await ledger.spend([Spend(verified(second), binding: guesses[1])]) == [.alreadySpent])
    }
}
