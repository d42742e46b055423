import ClearingStore
import Dispatch
import KeySchedule
import Logging
import PortesVerifier
import PrivacyPass
import Revocation
import SQLiteSupport
import ServerSupport
import Synchronization
import TestSupport
import Testing

@testable import ClearingServer

@Suite(.timeLimit(.minutes(5))) struct OverloadTests {
    /// A clock that can stop whoever reads it: a ledger reads it within the transaction that spends.
    private final class Gate: TimeSource {
        private let clock = ManualTime()
        private let isArmed = Atomic(false)
        private let reached = Atomic(false)
        private let isOpen = DispatchSemaphore(value: 0)

        func arm() { isArmed.store(true, ordering: .releasing) }
        func open() { isOpen.signal() }
        var isReached: Bool { reached.load(ordering: .acquiring) }

        func now() -> Moment {
            if isArmed.exchange(false, ordering: .acquiringAndReleasing) {
                reached.store(true, ordering: .releasing)
                isOpen.wait()
            }
            return clock.now()
        }
    }

    /// A redeemer over a database with one key, and the key.
    private struct Counter {
        let temporary: [TemporaryDirectory]
        let redeemer: Redeemer
        let mint: TestMint

        init(_ time: any TimeSource, pool: ComputePool) async throws {
            temporary = [try TemporaryDirectory(), try TemporaryDirectory()]
            let directory = try DataDirectory(path: temporary[0].path, side: .clearing)
            let authority = TestAuthority()
            let identity = try ClearingIdentity(in: directory)
            let database = try ClearingDatabase(
                in: directory, identity: identity, pins: StoreFixture.pins(authority.key), time: time)
            mint = try TestMint(now: time.now().wall)
            authority.deliver(mint, to: identity)
            try await database.take(delivery: authority.delivery(to: identity.id))
            let page = try authority.page(after: 0, at: time.now().wall)
            _ = try await database.take(
                revocations: page.entries, signedHead: page.signedHead, fetchedAt: time.now())
            redeemer = Redeemer(
                database: database,
                challenger: Challenger(database: database, origin: try ServerName("origin.example"), scope: .ownOrigin),
                signer: try ReceiptSigner(in: DataDirectory(path: temporary[1].path, side: .clearing)), pool: pool,
                metrics: ClearingMetrics(factory: PrometheusMetrics()),
                failures: StoreFailureLog(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }),
                time: ManualTime())
        }

        func token() throws -> Token {
            try mint.token(
                for: TokenChallenge(
                    tokenType: .voprfRistretto255, issuerName: ServerName("issuer.example"),
                    originNames: [ServerName("origin.example")]))
        }
    }

    @Test func aTokenThatIsSpentIsAnsweredHoweverMuchWaits() async throws {
        let (gate, pool) = (Gate(), ComputePool(threadCount: 1, queueLimit: 0))
        let counter = try await Counter(gate, pool: pool)
        let token = try counter.token()
        gate.arm()
        let spending = Task {
            try await counter.redeemer.redeem([Presented(token: .success(token), binding: nil)], withReceipts: true)
        }
        while !gate.isReached { try await Task.sleep(for: .milliseconds(1)) }
        // The token is verified and about to be spent; now the threads are given other work.
        let (isBusy, mayEnd) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let other = Task {
            try await pool.run {
                isBusy.signal()
                mayEnd.wait()
            }
        }
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                isBusy.wait()
                continuation.resume()
            }
        }
        gate.open()
        // Comes after the commit on the database's one thread.
        _ = try await counter.redeemer.database.closeEndedLedgers()
        mayEnd.signal()
        guard case .spent(_, receipt: _?, isReplay: false)? = try await spending.value.first else {
            return #expect(Bool(false), "the token is spent, and its owner was not told")
        }
        try await other.value
    }
}
