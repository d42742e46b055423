import Attestation
import AuthorityStore
import Foundation
import KeySchedule
import KeyTransparency
import LibSodium
import PrivacyPass
import SQLiteSupport
import Synchronization
import VOPRF

/// A clock that a test sets.
final class TestTime: TimeSource {
    private let moment: Mutex<Moment>
    private let tick = Mutex<Int64>(0)

    init(_ seconds: Int64 = 1_800_000_000) {
        moment = Mutex(Moment(wall: UnixTime(seconds: seconds), monotonic: .seconds(1_000)))
    }

    func now() -> Moment {
        let tick = tick.withLock { $0 }
        if tick > 0 { advance(tick) }
        return moment.withLock { $0 }
    }

    /// From now on that many seconds pass before each look at the clock, as if whoever looks were slow.
    func pass(_ seconds: Int64) { tick.withLock { $0 = seconds } }

    /// Lets time pass.
    func advance(_ seconds: Int64) {
        moment.withLock {
            $0 = Moment(wall: $0.wall.adding(seconds: seconds), monotonic: $0.monotonic + .seconds(seconds))
        }
    }

    /// Sets the calendar, without time passing.
    func setCalendar(forwardBy seconds: Int64) {
        moment.withLock { $0 = Moment(wall: $0.wall.adding(seconds: seconds), monotonic: $0.monotonic) }
    }
}

/// An authority's database in a directory of its own, which is removed on release.
final class AuthorityFixture: Sendable {
    let path: String
    let time = TestTime()
    let database: AuthorityDatabase
    private let parent: String

    init() throws {
        parent = NSTemporaryDirectory() + "portes-" + UUID().uuidString
        path = parent + "/data"
        database = try AuthorityDatabase(in: DataDirectory(path: path, side: .authority), time: time)
    }

    deinit { try? FileManager.default.removeItem(atPath: parent) }

    /// Terms of a capability under which keys may have any dates.
    func terms(_ capability: Capability) throws -> KeyEvent {
        let terms = RotationTerms(
            capability: capability, tokenType: .voprfRistretto255, epoch: 1_000, acceptance: 1_000, announcement: 0,
            isDevelopment: true)
        guard let terms else { preconditionFailure("the terms are in range") }
        return .terms(terms)
    }

    /// Stores a new key that issues from now on for `issuing` seconds and is accepted for `accepting`.
    @discardableResult
    func key(
        _ capability: Capability = .session, startsIn delay: Int64 = 0, issuing: Int64 = 1_000,
        accepting: Int64 = 2_000,
        replacing: TokenKeyID? = nil, deliveries: [VerifierDelivery] = []
    ) throws -> KeyRecord {
        // Two keys whose ids end with the same byte cannot both be stored.
        var record = try record(capability, startsIn: delay, issuing: issuing, accepting: accepting)
        while try database.isTruncatedIDInUse(record.id.truncated, tokenType: record.tokenType) {
            record = try self.record(capability, startsIn: delay, issuing: issuing, accepting: accepting)
        }
        let old = try database.keys().first { $0.record.id == replacing }?.record
        let ending = old.map { [KeyEvent.rescheduled($0.endingIssuance(at: record.notBefore))] } ?? []
        try database.changeKeys([terms(capability)] + ending + [.announced(record)], deliveries: deliveries)
        return record
    }

    func record(
        _ capability: Capability = .session, startsIn delay: Int64 = 0, issuing: Int64 = 1_000, accepting: Int64 = 2_000
    ) throws -> KeyRecord {
        let start = time.now().wall.adding(seconds: delay)
        return try KeyRecord(
            capability: capability, tokenType: .voprfRistretto255,
            publicKey: ServerPrivateKey().publicKey.encoded.bytes,
            notBefore: start, issueUntil: start.adding(seconds: issuing), acceptUntil: start.adding(seconds: accepting))
    }

    /// A record that can be stored beside the keys that there are: no two have ids that end with the same byte.
    func storableRecord(startsIn delay: Int64 = 0) throws -> KeyRecord {
        var record = try record(startsIn: delay)
        while try database.isTruncatedIDInUse(record.id.truncated, tokenType: record.tokenType) {
            record = try self.record(startsIn: delay)
        }
        return record
    }

    /// Stores a voucher.
    func voucher(_ capability: Capability = .session, tokens: Int64 = 100) throws -> VoucherHash {
        let hash = VoucherCode().hash
        try database.insertVouchers([hash], capability: capability, tokens: tokens)
        return hash
    }

    func remaining(_ voucher: VoucherHash) throws -> Int64? {
        try database.vouchers().first { $0.id == voucher.id }?.remaining
    }

    func issued(_ key: KeyRecord) throws -> Int64? { try database.keys().first { $0.record.id == key.id }?.issued }
}

extension Capability {
    static let session = named("session")
    static let play = named("play")

    private static func named(_ name: String) -> Capability {
        guard let capability = Capability(name) else { preconditionFailure("\(name) is no name of a capability") }
        return capability
    }
}

extension RequestHash {
    static func random() -> RequestHash { RequestHash(Randomness.bytes32()) }
}
