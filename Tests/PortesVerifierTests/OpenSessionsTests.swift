import JOSE
import KeySchedule
import LibSodium
import PrivacyPass
import Sessions
import SignIn
import TestSupport
import Testing

@testable import PortesVerifier

/// Which sessions count: those that nobody closed, each proof once.
@Suite final class OpenSessionsTests {
    private let key: SessionKey
    private let device: DeviceKey
    private let audience: Audience
    private let verifier: SessionVerifier
    private let now = UnixTime(seconds: 1_800_000_000)

    init() throws {
        let key = SessionKey(seed: SecretBytes(randomCount: 32))
        let device = DeviceKey(seed: SecretBytes(randomCount: 32))
        self.key = try #require(key)
        self.device = try #require(device)
        audience = try #require(Audience("radio.example"))
        verifier = SessionVerifier(audience: audience, keys: [self.key.publicKey])
    }

    private func text(boundTo thumbprint: Bytes32? = nil, for seconds: Int64 = 3_600) throws -> String {
        key.sign(
            SessionClaims(
                audience: audience, capability: try #require(Capability("session")), keyThumbprint: thumbprint,
                expiry: now.adding(seconds: seconds), id: SessionID(Randomness.bytes32())))
    }

    private func proof(of text: String, at time: UnixTime) -> String {
        device.proof(method: "GET", uri: "https://radio.example/", credential: text, at: time)
    }

    private func verified(_ text: String, proof: String? = nil, at time: UnixTime? = nil) throws -> VerifiedSession {
        let presented = PresentedSession(
            authorization: ["\(proof == nil ? "Bearer" : "DPoP") \(text)"], proofs: proof.map { [$0] } ?? [],
            method: "GET", path: "/", servers: ["radio.example"])
        return try verifier.verify(#require(presented), at: time ?? now)
    }

    private func loaded(_ store: any ClosedSessionStore = MemoryClosedSessions()) async throws -> OpenSessions {
        let open = OpenSessions(store)
        try await open.reload(at: now)
        return open
    }

    private func admitted(_ session: VerifiedSession, _ open: OpenSessions) throws -> AdmittedSession {
        guard case .admitted(let session) = open.admit(session, at: now) else { throw SessionFailure.closed }
        return session
    }

    @Test func nothingIsAdmittedBeforeItIsKnownWhatWasClosed() async throws {
        let store = StoreOfTests()
        let (open, session) = (OpenSessions(store), try verified(text()))
        #expect(!open.isCurrent(at: now) && open.isDue(at: now) && open.isDue(at: now))
        #expect(open.admit(session, at: now).isOverloaded)
        store.fails = true
        await #expect(throws: StoreOfTests.Failure.self) { try await open.reload(at: self.now) }
        #expect(!open.isCurrent(at: now) && open.isDue(at: now) && open.admit(session, at: now).isOverloaded)
        store.fails = false
        try await open.reload(at: now)
        #expect(open.isCurrent(at: now) && !open.isDue(at: now))
        let admitted = try admitted(session, open)
        #expect(admitted.id == session.claims.id && admitted.expiry == session.claims.expiry)
        #expect(!"\(admitted)\(String(reflecting: admitted))".contains(admitted.id.text))
    }

    @Test func whatWasClosedStaysClosedAlsoElsewhereAndAfterARestart() async throws {
        let store = StoreOfTests()
        let (open, elsewhere) = (try await loaded(store), try await loaded(store))
        let (session, other) = (try verified(text()), try verified(text()))
        try await open.close(admitted(session, open))
        #expect(open.admit(session, at: now).failure == .closed && open.isClosed(session.claims.id))
        // Once more changes nothing.
        try await open.close(admitted(session, elsewhere))
        for open in [open, open, elsewhere] { try await open.reload(at: now) }
        for open in [open, elsewhere, try await loaded(store)] {
            #expect(open.admit(session, at: now).failure == .closed && open.isClosed(session.claims.id))
            #expect(try admitted(other, open).id == other.claims.id && !open.isClosed(other.claims.id))
        }
    }

    @Test func whatIsClosedWhileTheStoreIsReadStaysClosed() async throws {
        let store = StoreOfTests()
        let (open, session) = (try await loaded(store), try verified(text()))
        let admitted = try admitted(session, open)
        // The store has answered, and does not know of it yet.
        store.whileRead = { try? await open.close(admitted) }
        for _ in 0..<2 {
            try await open.reload(at: now)
            #expect(store.whileRead == nil && open.admit(session, at: now).failure == .closed)
        }
    }

    @Test func whatTheStoreDoesNotTakeIsNotClosed() async throws {
        let store = StoreOfTests()
        let (open, session) = (try await loaded(store), try verified(text()))
        let admitted = try admitted(session, open)
        store.fails = true
        await #expect(throws: StoreOfTests.Failure.self) { try await open.close(admitted) }
        #expect(try self.admitted(session, open) == admitted)
        await #expect(throws: StoreOfTests.Failure.self) { try await open.reload(at: self.now) }
        #expect(open.isCurrent(at: now))
        store.fails = false
        try await open.close(admitted)
        #expect(open.admit(session, at: now).failure == .closed)
    }

    @Test func aClosedSessionIsKeptForAsLongAsItCouldCount() async throws {
        let open = try await loaded()
        let text = try text(for: 300)
        try await open.close(admitted(verified(text), open))
        for seconds in [300, 359] as [Int64] {
            let time = now.adding(seconds: seconds)
            try await open.reload(at: time)
            #expect(open.admit(try verified(text, at: time), at: time).failure == .closed)
            #expect(open.closedList(at: time).ids.count == 1)
        }
        let end = now.adding(seconds: 361)
        #expect(throws: SessionFailure.expired) { try self.verified(text, at: end) }
        #expect(open.closedList(at: end).ids.isEmpty)
    }

    @Test func itIsTimeToReadAgainOnceAMinute() async throws {
        let open = try await loaded()
        for (seconds, isDue) in [
            (0, false), (59, false), (60, true), (60, false), (119, false), (120, true), (-1_000, true),
            (-1_000, false), (-940, true), (1_000, true), (1_000, false), (.max, true),
        ] as [(Int64, Bool)] {
            #expect(open.isDue(at: now.adding(seconds: seconds)) == isDue, "\(seconds) s")
        }
    }

    @Test func aProofCountsOnce() async throws {
        let (open, text) = (try await loaded(), try text(boundTo: device.thumbprint))
        let first = proof(of: text, at: now)
        #expect(open.admit(try verified(text, proof: first), at: now).isAdmitted)
        for seconds in [0, 30, 60] as [Int64] {
            let time = now.adding(seconds: seconds)
            #expect(open.admit(try verified(text, proof: first, at: time), at: time).failure == .replayedProof)
            let next = try verified(text, proof: proof(of: text, at: time), at: time)
            #expect(open.admit(next, at: time).isAdmitted)
        }
        // A session that has no proof may come as often as it likes.
        let unbound = try verified(self.text())
        for _ in 0..<3 { #expect(try admitted(unbound, open).id == unbound.claims.id) }
    }

    @Test func whileTimeGoesOnNoProofIsEverAdmittedTwice() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var generator = SplitMix(seed: seed)
        let (open, text) = (try await loaded(), try text(boundTo: device.thumbprint, for: 1 << 40))
        var (time, known, replayed, stale) = (now, [String](), 0, 0)
        for round in 0..<300 {
            let step = Int64.random(in: 0...(round % 7 == 0 ? 130 : 25), using: &generator)
            time = time.adding(seconds: round % 90 == 89 ? .random(in: 100...400, using: &generator) : step)
            let made = time.adding(seconds: .random(in: -60...60, using: &generator))
            known.append(proof(of: text, at: made))
            let new = try verified(text, proof: known[round], at: time)
            #expect(open.admit(new, at: time).isAdmitted, "seed \(seed), round \(round)")
            for _ in 0..<6 {
                let old = known[Int.random(in: max(0, round - 12)...round, using: &generator)]
                do {
                    let again = try verified(text, proof: old, at: time)
                    let failure = open.admit(again, at: time).failure
                    #expect(failure == .replayedProof, "seed \(seed), round \(round)")
                    replayed += 1
                } catch {
                    #expect(error as? SessionFailure == .staleProof, "seed \(seed), round \(round)")
                    stale += 1
                }
            }
        }
        #expect(replayed > 100 && stale > 100, "seed \(seed)")
    }

    @Test func moreProofsThanAreRememberedAreTurnedAway() async throws {
        let (open, text) = (try await loaded(), try text(boundTo: device.thumbprint))
        let session = try verified(text, proof: proof(of: text, at: now))
        var count = 0
        while count <= OpenSessions.proofLimit,
            open.admit(session.withProof(named: count), at: now).isAdmitted
        { count += 1 }
        #expect((OpenSessions.proofLimit / 2...OpenSessions.proofLimit).contains(count))
        #expect(open.admit(session, at: now).isOverloaded)
        // Not those that need none; and the others again, when the proofs have become stale.
        let unbound = try verified(self.text())
        #expect(try admitted(unbound, open).id == unbound.claims.id)
        let later = now.adding(seconds: 2 * SessionVerifier.leeway + 1)
        let next = try verified(text, proof: proof(of: text, at: later), at: later)
        #expect(open.admit(next, at: later).isAdmitted)
    }

    @Test func theClosedAreListedInOrderAsJSON() async throws {
        let open = try await loaded()
        #expect(open.closedList(at: now).encoded == Array("[]".utf8))
        var ids: [String] = []
        for _ in 0..<20 {
            let session = try admitted(verified(text()), open)
            try await open.close(session)
            ids.append(session.id.text)
        }
        let sorted = ids.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let json = "[" + sorted.map { "\"\($0)\"" }.joined(separator: ",") + "]"
        #expect(String(decoding: open.closedList(at: now).encoded, as: UTF8.self) == json)
    }
}

extension OpenSessions.Admission {
    fileprivate var isAdmitted: Bool { if case .admitted = self { true } else { false } }
    fileprivate var failure: SessionFailure? { if case .refused(let failure) = self { failure } else { nil } }
    fileprivate var isOverloaded: Bool { if case .overloaded = self { true } else { false } }
}

extension VerifiedSession {
    /// The same session as if with another proof: a hundred thousand signatures would take minutes.
    fileprivate func withProof(named name: Int) -> VerifiedSession {
        var copy = self
        guard let outer = MemoryLayout<VerifiedSession>.offset(of: \.proof),
            let inner = MemoryLayout<ProofOfPossession>.offset(of: \.id)
        else { fatalError("the proof is not stored") }
        withUnsafeMutableBytes(of: &copy) { $0.storeBytes(of: name, toByteOffset: outer + inner, as: Int.self) }
        return copy
    }
}

extension OpenSessions {
    /// Admits by clocks that agree.
    fileprivate func admit(_ session: VerifiedSession, at time: UnixTime) -> Admission {
        admit(session, at: Moment(wall: time, monotonic: .seconds(time.seconds)))
    }
}
