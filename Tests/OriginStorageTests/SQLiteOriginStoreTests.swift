import Foundation
import KeySchedule
import LibSodium
import OriginStorage
import PortesVerifier
import PrivacyPass
import Sessions
import SignIn
import TestSupport
import Testing
import VerifierSupport

/// What an app's backend remembers, on disk.
@Suite struct SQLiteOriginStoreTests {
    private let directory: TemporaryDirectory
    private let time = ManualTime()
    private let mint: Mint
    private let challenge: TokenChallenge
    private let state: VerifierState

    init() throws {
        directory = try TemporaryDirectory()
        mint = try Mint()
        challenge = try Sample.challenge()
        state = VerifierState(try time.verifier(mint))
    }

    private func verified(_ token: Token? = nil) throws -> VerifiedToken {
        let token = try token ?? mint.token(for: challenge)
        return try state.verifier.verify(token, for: challenge, at: time.now())
    }

    private func ledger(_ store: SQLiteOriginStore) -> SQLiteOriginLedger {
        store.ledger(of: state, audience: "origin.example", time: time)
    }

    @Test func aTokenIsSpentOnceInAllRunsOfTheBackend() async throws {
        let (first, second, binding) = (try verified(), try verified(), SpendBinding.random())
        var store = try SQLiteOriginStore(directory: directory.path)
        guard case .spent(let receipt)? = try await ledger(store).spend([Spend(first, binding: binding)]).first else {
            return #expect(Bool(false))
        }
        // As after kill -9: another process waits for its turn, and finds what was spent.
        #expect(throws: SQLiteOriginStore.StorageError.self) { try SQLiteOriginStore(directory: directory.path) }
        try store.close()
        store = try SQLiteOriginStore(directory: directory.path)
        let outcomes = try await ledger(store).spend([
            Spend(first, binding: binding), Spend(first, binding: .random()), Spend(first), Spend(second), Spend(second),
        ])
        #expect(outcomes.prefix(3) == [.replayed(receipt), .alreadySpent, .alreadySpent])
        guard case .spent = outcomes[3] else { return #expect(Bool(false)) }
        #expect(outcomes[4] == .alreadySpent)
        try store.close()
    }

    @Test func manyAtOnceWithOneTokenSpendItOnce() async throws {
        let (token, store) = (try verified(), try SQLiteOriginStore(directory: directory.path))
        let ledgers = (0..<4).map { _ in ledger(store) }
        let spent = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<64 {
                group.addTask {
                    if case .spent? = try await ledgers[number % 4].spend([Spend(token)]).first { true } else { false }
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(spent == 1)
        try store.close()
    }

    @Test func whatWasSpentUnderAnEndedKeyIsForgottenAndNeverAcceptedAgain() async throws {
        let (token, unspent) = (try mint.token(for: challenge), try mint.token(for: challenge))
        let store = try SQLiteOriginStore(directory: directory.path)
        let ledger = ledger(store)
        _ = try await ledger.spend([Spend(verified(token))])
        time.advance(seconds: 7_200 + Verifier.replayTime - 20)
        let early = try time.verifier(mint)
        state.update { _ in early }
        #expect(try await ledger.forgetEndedKeys() == 0)
        // With a list that is old nothing is done, whatever the calendar says.
        time.advance(seconds: 121)
        #expect(try await ledger.forgetEndedKeys() == 0)
        let late = try time.verifier(mint)
        state.update { _ in late }
        #expect(try await ledger.forgetEndedKeys() == 1)
        #expect(try await ledger.forgetEndedKeys() == 0)
        // The calendar is set back to where the key was good.
        time.move(wall: -Verifier.replayTime - 7_300, monotonic: 0)
        let back = try time.verifier(mint)
        state.update { _ in back }
        // Verified anew, as by a process that was started since: nothing but the store knows better.
        let outcomes = try await ledger.spend([Spend(verified(token)), Spend(verified(unspent))])
        #expect(outcomes == [.refused(.keyNoLongerAccepted), .refused(.keyNoLongerAccepted)])
        try store.close()
    }

    @Test(arguments: ["origin.sqlite", "sessions.key"]) func nothingThatIsGoneIsMadeAnew(name: String) throws {
        try SQLiteOriginStore(directory: directory.path).close()
        for suffix in name == "origin.sqlite" ? ["", "-wal", "-shm"] : [""] {
            try? FileManager.default.removeItem(atPath: directory.path + "/" + name + suffix)
        }
        let before = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
        #expect(throws: SQLiteOriginStore.StorageError.self) { try SQLiteOriginStore(directory: directory.path) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() == before)
    }

    @Test func theKeyOfAnotherDatabaseIsRefused() throws {
        let other = try TemporaryDirectory()
        for place in [directory, other] { try SQLiteOriginStore(directory: place.path).close() }
        let name = "/sessions.key"
        #expect(try directory.mode(directory.path + name) == 0o600)
        try FileManager.default.removeItem(atPath: directory.path + name)
        try FileManager.default.copyItem(atPath: other.path + name, toPath: directory.path + name)
        let error = #expect(throws: SQLiteOriginStore.StorageError.self) {
            try SQLiteOriginStore(directory: directory.path)
        }
        #expect(error?.description.contains("is not the one") == true)
    }

    @Test func inAnotherRunARetryBringsTheSameSessionAndWhatWasClosedStaysClosed() async throws {
        let (token, audience) = (try verified(), try #require(Audience("radio.example")))
        var texts: [String] = []
        for _ in 0..<3 {
            let store = try SQLiteOriginStore(directory: directory.path)
            let opener = SessionOpener(audience: audience, key: store.sessionKey)
            let now = time.now().wall
            let outcome = try await ledger(store).spend([opener.spend(token, boundTo: nil, at: now)]).first
            let session = opener.session(try #require(outcome), to: token, boundTo: nil, at: now)
            texts.append(try #require(session).text)
            let id = try #require(session).claims.id
            if texts.count == 1 {
                #expect(try await store.closed(at: now).isEmpty)
                try await store.close(id, until: now.adding(seconds: 600))
                try await store.close(id, until: now.adding(seconds: 300))
            }
            #expect(try await store.closed(at: now) == [id: now.adding(seconds: 600 - (now.seconds - Mint.start - 10))])
            try store.close()
            time.advance(seconds: 400)
            let later = try time.verifier(mint)
            state.update { _ in later }
        }
        #expect(Set(texts).count == 1)
    }

    @Test func whatIsClosedIsForgottenLongAfterItsEnd() async throws {
        let store = try SQLiteOriginStore(directory: directory.path)
        let (id, end) = (SessionID(Randomness.bytes32()), UnixTime(seconds: Mint.start))
        try await store.close(id, until: end)
        #expect(try await store.closed(at: end.adding(seconds: 6 * 86_400)).count == 1)
        #expect(try await store.closed(at: end.adding(seconds: 8 * 86_400)).isEmpty)
        try store.close()
    }
}
