import Dispatch
import HTTPTransport
import Hummingbird
import KeySchedule
import PortesVerifier
import PrivacyPass
import Revocation
import ServerSupport
import Testing
import VerifierSupport

@testable import HummingbirdPrivacyPass

/// What clients are told where no token would help, or the server cannot say.
@Suite(.timeLimit(.minutes(5))) struct UnavailableTests {
    private let fixture: OriginFixture

    init() throws { fixture = try OriginFixture() }

    private func router(_ origin: PrivacyPassOrigin) -> Router<BasicPrivacyPassRequestContext> {
        let router = Router(context: BasicPrivacyPassRequestContext.self)
        router.get("open") { _, _ in "open" }
        router.group("level").add(middleware: PrivacyPassMiddleware(origin)).get { _, _ in "in" }
        return router
    }

    private func expect(
        _ status: Int, _ problem: String, _ app: Requests, _ fields: (name: String, value: String)?
    ) async throws {
        let answer = if let fields { try await app.get("/level", fields) } else { try await app.get("/level") }
        #expect(answer.status == status && answer.problem == problem, "\(answer.status) \(answer.text)")
        #expect((answer.header("retry-after") != nil) == (status == 503))
    }

    @Test func aTokenIsRefusedAsSoonAsItsKeyIsRevokedOverOrNothingIsKnownOfTheList() async throws {
        let (token, state, time) = (try fixture.token(), fixture.state, fixture.time)
        let mint = try #require(fixture.mints[.voprfRistretto255])
        try await serving(router(fixture.origin())) { app in
            time.advance(seconds: 3_601)
            try await expect(503, "revocation-list-stale", app, authorization(token))
            let freshness = try time.fresh()
            state.update { verifier in
                var next = verifier
                next.freshness = freshness
                return next
            }
            let revoking = try time.verifier(mint, revoking: [.key(mint.record.id)])
            let good = state.verifier
            state.update { _ in revoking }
            try await expect(401, "key-revoked", app, authorization(token))
            state.update { _ in good }
            time.advance(seconds: 3_600)
            try await expect(401, "key-no-longer-accepted", app, authorization(token))
        }
    }

    @Test func whereThereIsNothingToAskForThatIsSaid() async throws {
        let (state, time) = (fixture.state, fixture.time)
        let mint = try #require(fixture.mints[.voprfRistretto255])
        let strange = try Mint().token(for: Sample.challenge())
        try await serving(router(fixture.origin())) { app in
            let none = try time.verifier()
            state.update { _ in none }
            try await expect(503, "not-ready", app, nil)
            try await expect(503, "not-ready", app, authorization(strange))
            let revoked = try time.verifier(mint, revoking: [.capability(mint.record.capability)])
            state.update { _ in revoked }
            try await expect(403, "capability-revoked", app, nil)
        }
    }

    @Test func whereTooMuchWaitsOtherRoutesAnswerAndTheTokenIsKept() async throws {
        let pool = ComputePool(threadCount: 1, queueLimit: 0)
        let origin = PrivacyPassOrigin(
            verifier: fixture.state, policy: { fixture.policy }, ledger: fixture.ledger, time: fixture.time, pool: pool)
        let token = try fixture.token()
        let mayEnd = DispatchSemaphore(value: 0)
        try await serving(router(origin)) { app in
            // The one thread is taken; a request for it finds no place.
            let (begun, didBegin) = AsyncStream<Void>.makeStream()
            let busy = Task {
                try await pool.run {
                    didBegin.finish()
                    mayEnd.wait()
                }
            }
            for await _ in begun {}
            try await expect(503, "overloaded", app, authorization(token))
            #expect(try await app.get("/open").text == "open")
            mayEnd.signal()
            try await busy.value
            #expect(try await app.get("/level", authorization(token)).status == 200)
        }
    }

    @Test func whatWaitsForTheThreadsHoldsUpNoEventLoop() async throws {
        let pool = ComputePool(threadCount: 1, queueLimit: 100)
        let origin = PrivacyPassOrigin(
            verifier: fixture.state, policy: { fixture.policy }, ledger: fixture.ledger, time: fixture.time, pool: pool)
        let tokens = try (0..<40).map { _ in try fixture.token() }
        let mayEnd = DispatchSemaphore(value: 0)
        try await serving(router(origin)) { app in
            let (begun, didBegin) = AsyncStream<Void>.makeStream()
            let busy = Task {
                try await pool.run {
                    didBegin.finish()
                    mayEnd.wait()
                }
            }
            for await _ in begun {}
            // More than there are event loops, or threads of the cooperative pool.
            try await withThrowingTaskGroup(of: Int.self) { group in
                for token in tokens { group.addTask { try await app.get("/level", authorization(token)).status } }
                for _ in 0..<20 { #expect(try await app.get("/open").text == "open") }
                mayEnd.signal()
                for try await status in group { #expect(status == 200) }
            }
            try await busy.value
        }
    }

    @Test func aLedgerThatFailsLetsNobodyIn() async throws {
        struct Failure: Error {}
        struct BrokenLedger: SpendLedger {
            func spend(_ spends: [Spend]) async throws -> [SpendOutcome] { throw Failure() }
        }
        struct SilentLedger: SpendLedger {
            func spend(_ spends: [Spend]) async throws -> [SpendOutcome] { [] }
        }
        let token = try fixture.token()
        try await serving(router(fixture.origin(BrokenLedger()))) { app in
            try await expect(503, "storage-unavailable", app, authorization(token))
        }
        try await serving(router(fixture.origin(SilentLedger()))) { app in
            try await expect(401, "already-spent", app, authorization(token))
        }
    }
}
