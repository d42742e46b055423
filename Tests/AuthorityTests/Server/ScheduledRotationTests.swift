import Attestation
@testable import AuthorityServer
import AuthorityStore
import KeySchedule
import KeyTransparency
import Logging
import PrivacyPass
import Testing

/// Epochs of 1,000 s, accepted for 800 s more, announced 100 s ahead.
struct ScheduledRotationTests {
    let directories: AuthorityDirectories
    let time = TestTime()
    let authority: Authority
    let rotation: Rotation

    init() throws {
        directories = try AuthorityDirectories()
        authority = try directories.authority(time: time)
        rotation = Self.rotation(authority)
    }

    private static func rotation(_ authority: Authority) -> Rotation {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return Rotation(authority: authority, logger: logger)
    }

    private func create() async throws -> KeySummary {
        let reply = await authority.handle(
            .createKey(KeyParameters(capability: "session", epoch: 1_000, acceptance: 800, announcement: 100)))
        guard case .key(let key) = reply else { throw UnexpectedReply(reply: reply) }
        return key
    }

    private var live: [KeyState] {
        authority.standings.map { $0.state(at: time.now().wall) }.filter { $0 != .ended && $0 != .revoked }
    }

    @Test func keysFollowEachOtherForYearsWithoutAnybodyDoingAnything() async throws {
        _ = try await create()
        for _ in 0..<2_000 {
            time.advance(50)
            #expect(await rotation.rotate() == nil)
            #expect(live.filter { $0 == .issuing }.count == 1 && live.count <= 3)
        }
        // 100,000 s: a hundred epochs, and what comes next.
        #expect(authority.standings.count == 101)
        let records = authority.standings.map(\.record).sorted { $0.notBefore < $1.notBefore }
        for (earlier, later) in zip(records, records.dropFirst()) {
            #expect(later.notBefore == earlier.issueUntil)
            let announced = try #require(authority.database.keyHistory.keys[later.id]?.announced)
            #expect(later.notBefore.seconds(since: announced) >= 100)
        }
    }

    @Test func aServerThatWasAwayMakesTheNextKeyAsSoonAsItMay() async throws {
        let first = try await create()
        time.advance(1_500)
        #expect(await rotation.rotate() == nil)
        // Announced for as long as was promised, though nothing issues meanwhile: dates that nobody could have known
        // would be a way to mark people.
        let next = try #require(authority.standings.last?.record)
        #expect(next.notBefore == first.record.notBefore.adding(seconds: 1_600))
        time.advance(10_000)
        #expect(await rotation.rotate() == nil)
        #expect(live.contains(.issuing))
    }

    @Test func aRetiredKeyHasNoSuccessor() async throws {
        let key = try await create()
        _ = await authority.handle(.retireKey(id: key.id))
        time.advance(5_000)
        #expect(await rotation.rotate() == nil)
        #expect(authority.standings.count == 1)
    }

    @Test func aRevokedKeyIsReplacedByTheAnnouncedOneWhichBeginsAtOnce() async throws {
        let first = try await create()
        time.advance(850)
        #expect(await rotation.rotate() == nil)
        let next = try #require(authority.standings.first { $0.record.id.hexadecimal != first.id }?.record)
        let reply = await authority.handle(.previewRevocation(id: first.id, reason: "key-compromised"))
        guard case .keyRevocation(let preview) = reply else { throw UnexpectedReply(reply: reply) }
        #expect(preview.entry == nil && preview.replacement?.id == next.id.hexadecimal)
        #expect(authority.standings.allSatisfy { !$0.isRevoked })
        let done = await authority.handle(.revokeKey(id: first.id, reason: "key-compromised"))
        guard case .keyRevocation(let summary) = done else { throw UnexpectedReply(reply: done) }
        #expect(summary.replacement == preview.replacement && summary.liveKeys == preview.liveKeys)
        let brought = try #require(authority.standings.first { $0.record.id == next.id }?.record)
        #expect(brought.notBefore == time.now().wall && brought.issueUntil == next.issueUntil)
        // And so on as planned.
        for _ in 0..<100 {
            time.advance(50)
            #expect(await rotation.rotate() == nil)
            #expect(live.filter { $0 == .issuing }.count == 1)
        }
    }

    @Test func aRevokedAnnouncedKeyIsReplacedInTime() async throws {
        let first = try await create()
        time.advance(850)
        #expect(await rotation.rotate() == nil)
        time.advance(100)
        let next = try #require(authority.standings.first { $0.record.id.hexadecimal != first.id }?.record)
        #expect(next.notBefore == first.record.issueUntil)
        _ = await authority.handle(.revokeKey(id: next.id.hexadecimal, reason: "unspecified"))
        #expect(await rotation.rotate() == nil)
        time.advance(50)
        #expect(live.filter { $0 == .issuing }.count == 1)
    }

    @Test func afterRevocationsUpToFiveKeysLiveAndTheAdminIsTold() async throws {
        _ = try await create()
        time.advance(1_950)
        #expect(await rotation.rotate() == nil)
        // Issuing or accepting are as many as before: each revoked key's place is taken by one key.
        for _ in 0..<3 {
            let issuing = try #require(authority.standings.first { $0.state(at: time.now().wall) == .issuing })
            let reply = await authority.handle(
                .revokeKey(id: issuing.record.id.hexadecimal, reason: "key-compromised"))
            guard case .keyRevocation(let summary) = reply else { throw UnexpectedReply(reply: reply) }
            #expect(summary.liveKeys == live.count && summary.liveKeys <= KeyHistory.maximumLiveKeysAfterRevocation)
            time.advance(10)
        }
        #expect(live.contains(.issuing))
    }

    @Test func nothingIsMadeIssuedOrEndedWhileTheCalendarWasMoved() async throws {
        for jump in [3_600, -3_600, 86_400, -86_400] as [Int64] {
            let directories = try AuthorityDirectories()
            let time = TestTime()
            let authority = try directories.authority(time: time)
            let made = await authority.handle(
                .createKey(KeyParameters(capability: "session", epoch: 1_000, acceptance: 800, announcement: 100)))
            guard case .key = made else { throw UnexpectedReply(reply: made) }
            time.setCalendar(forwardBy: jump)
            #expect(!authority.clock.isSteady)
            #expect(await Self.rotation(authority).rotate() == "the calendar was moved")
            #expect(authority.standings.count == 1)
            let refused = await authority.handle(
                .createKey(KeyParameters(capability: "play", epoch: 100, acceptance: 50)))
            guard case .refused = refused else { throw UnexpectedReply(reply: refused) }
            // Once it is right again, everything goes on.
            time.setCalendar(forwardBy: -jump)
            time.advance(900)
            #expect(await Self.rotation(authority).rotate() == nil)
            #expect(authority.standings.count == 2)
            try authority.close()
        }
    }

    @Test func smallMovesOfTheCalendarAddUpWithinAnHour() {
        let time = TestTime()
        let guarded = ClockGuard(time)
        for _ in 0..<2 {
            time.setCalendar(forwardBy: 30)
            time.advance(60)
            #expect(guarded.isSteady)
        }
        time.setCalendar(forwardBy: 1)
        #expect(!guarded.isSteady)
        // Corrections that clocks need are forgotten after an hour.
        time.setCalendar(forwardBy: -1)
        time.advance(3_600)
        #expect(guarded.isSteady)
        time.setCalendar(forwardBy: 60)
        #expect(guarded.isSteady)
    }

    @Test func aClockFarBehindTheLogChangesNoKey() async throws {
        _ = try await create()
        try authority.close()
        let behind = TestTime(time.now().wall.seconds - 3_600)
        let later = try directories.authority(time: behind)
        let reply = await later.handle(.createKey(KeyParameters(capability: "play", epoch: 100, acceptance: 50)))
        guard case .refused(let message, _) = reply else { throw UnexpectedReply(reply: reply) }
        #expect(message.hasPrefix("the calendar was moved by more than a minute, or is behind what is on record"))
    }

    @Test func anEndedKeyIsLoggedWithItsCountBeforeItsSecretIsDestroyed() async throws {
        let start = time.now()
        let key = try await create()
        _ = await authority.handle(.retireKey(id: key.id))
        let charge = Charge(payer: .nobody, request: .random(), count: 7, keyID: key.record.id)
        #expect(try await authority.database.charge(charge) == .charged)
        let housekeeping = Housekeeping(authority: authority, logger: rotation.logger)
        time.advance(1_800 + 86_400)
        await housekeeping.tidy(since: start)
        let id = try #require(authority.standings.first?.record.id)
        #expect(authority.database.keyHistory.keys[id]?.issued == nil)
        time.advance(1)
        await housekeeping.tidy(since: start)
        #expect(authority.database.keyHistory.keys[id]?.issued == 7)
        let size = authority.database.keyHistory.size
        await housekeeping.tidy(since: start)
        #expect(authority.database.keyHistory.size == size)
    }
}
