import Attestation
@testable import AuthorityServer
import AuthorityStore
import Foundation
import KeySchedule
import LibSodium
import Logging
import PrivacyPass
import Synchronization
import Testing

struct HousekeepingTests {
    let directories: AuthorityDirectories
    let time = TestTime()
    let authority: Authority
    let housekeeping: Housekeeping

    init() throws {
        directories = try AuthorityDirectories()
        authority = try directories.authority(time: time)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        housekeeping = Housekeeping(authority: authority, logger: logger)
    }

    @Test func aSecretIsDestroyedADayAfterItsKeyHasEnded() async throws {
        let start = time.now()
        let request = AdminRequest.createKey(KeyParameters(capability: "session", epoch: 100, acceptance: 100))
        _ = await authority.handle(request)
        time.advance(200 + 86_400)
        await housekeeping.tidy(since: start)
        #expect(try secretFiles() == 1)
        time.advance(1)
        await housekeeping.tidy(since: start)
        #expect(try secretFiles() == 0)
        // The record stays, and what is left starts again without the secret.
        guard case .keys(let keys) = await authority.handle(.listKeys) else { throw CancellationError() }
        #expect(keys.map(\.state) == [.ended])
        await housekeeping.tidy(since: start)
        guard case .key = await authority.handle(request) else { throw CancellationError() }
    }

    @Test func usedStatementsAreForgottenADayAfterTheirEndAndNotByACalendarThatJumps() async throws {
        authority.database.setLimits([.session: IssuanceLimits(gates: [.statement])])
        let account = Ed25519.PrivateKey().publicKey
        #expect(try await authority.database.openAccount(account, for: .proofOfWork) == .opened)
        func credit(_ id: Bytes32) -> StatementCredit {
            StatementCredit(id: id, capability: .session, tokens: 1, expires: time.now().wall.adding(seconds: 3_600))
        }
        let (used, start) = (credit(Randomness.bytes32()), time.now())
        #expect(try await authority.database.redeem(used, to: account) == .credited)
        time.setCalendar(forwardBy: 5 * 86_400)
        await housekeeping.tidy(since: start)
        time.setCalendar(forwardBy: -5 * 86_400)
        #expect(try await authority.database.redeem(used, to: account) == .used)
        // Each day a statement is used, and none is kept for longer than a few days.
        for _ in 0..<6 {
            time.advance(86_400)
            await housekeeping.tidy(since: start)
            #expect(try await authority.database.redeem(credit(Randomness.bytes32()), to: account) == .credited)
        }
        #expect(try await authority.database.redeem(used, to: account) == .expired)
    }

    @Test func whatIsDestroyedIsLogged() async throws {
        let lines = Mutex<[String]>([])
        var logger = Logger(label: "test") { _ in Recorder { line in lines.withLock { $0.append(line) } } }
        logger.logLevel = .trace
        let start = time.now()
        let reply = await authority.handle(
            .createKey(KeyParameters(capability: "session", epoch: 100, acceptance: 100)))
        guard case .key(let key) = reply else { throw UnexpectedReply(reply: reply) }
        time.advance(200 + 86_401)
        await Housekeeping(authority: authority, logger: logger).tidy(since: start)
        #expect(lines.withLock { $0 }.contains("a secret was destroyed \(key.id.prefix(8))"))
    }

    /// Hands lines on: the message and the key that it is about.
    private struct Recorder: LogHandler {
        let take: @Sendable (String) -> Void
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        init(take: @escaping @Sendable (String) -> Void) { self.take = take }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { take("\(event.message) \(event.metadata?["key"] ?? "")") }
    }

    @Test func nothingIsDestroyedWhileTheCalendarWasMoved() async throws {
        let start = time.now()
        _ = await authority.handle(
            .createKey(KeyParameters(capability: "session", epoch: 100, acceptance: 100)))
        time.setCalendar(forwardBy: 1_000_000)
        await housekeeping.tidy(since: start)
        #expect(try secretFiles() == 1)
    }

    @Test func correctionsThatClocksNeedKeepNothingFromBeingTidiedUp() async throws {
        let start = time.now()
        _ = await authority.handle(
            .createKey(KeyParameters(capability: "session", epoch: 100, acceptance: 100)))
        // 10 s each hour, for a day and more.
        for _ in 0..<30 {
            time.setCalendar(forwardBy: 10)
            time.advance(3_601)
            #expect(authority.clock.isSteady)
        }
        await housekeeping.tidy(since: start)
        #expect(try secretFiles() == 0)
    }

    @Test func aCalendarThatWasAheadAtTheStartDestroysNothingUntilTimeHasPassed() async throws {
        let ahead: Int64 = 1_000_000
        let directories = try AuthorityDirectories()
        let first = try directories.authority(time: time)
        _ = await first.handle(
            .createKey(KeyParameters(capability: "session", epoch: 100, acceptance: 100)))
        try first.close()
        time.setCalendar(forwardBy: ahead)
        let later = Housekeeping(authority: try directories.authority(time: time), logger: housekeeping.logger)
        let start = time.now()
        for _ in 0..<2 {
            time.advance(3_600)
            await later.tidy(since: start)
            #expect(try secretFiles(in: directories) == 1)
        }
        // What was caught up is kept: the next start goes on from there.
        #expect(try later.authority.database.housekeepingTime() == start.wall.adding(seconds: 4 * 3_600 - ahead))
        time.advance(ahead)
        await later.tidy(since: start)
        #expect(try secretFiles(in: directories) == 0)
        #expect(try later.authority.database.housekeepingTime() == time.now().wall)
    }

    private func secretFiles(in other: AuthorityDirectories? = nil) throws -> Int {
        let directories = other ?? directories
        return try FileManager.default.contentsOfDirectory(atPath: directories.keys)
            .filter { $0.hasSuffix(".token") }.count
    }
}
