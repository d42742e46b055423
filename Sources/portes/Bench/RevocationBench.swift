import AuthorityStore
import ClearingStore
import Foundation
import KeyDelivery
import KeySchedule
import LibSodium
import PortesVerifier
import PrivacyPass
import Revocation
import SQLiteSupport

/// A revocation list of many tokens: looking one up, taking a delta in, and starting with all of it.
struct RevocationBench {
    /// How many tokens are revoked.
    let entryCount: Int
    /// How often each operation is timed.
    let rounds: Int

    /// One figure, with what it must not exceed, if there is such a bar.
    struct Figure: Encodable {
        let name: String
        let value: Double
        let unit: String
        let bar: Double?

        /// One line of the table.
        var line: String {
            name.padding(toLength: 30, withPad: " ", startingAt: 0)
                + String(format: "%12.3f ", value) + unit.padding(toLength: 6, withPad: " ", startingAt: 0)
                + (bar.map { String(format: "%8.0f", $0) } ?? "")
        }
    }

    private static let lookupCount = 100_000

    func run() async throws -> [Figure] {
        let keys = (0..<5).map { _ in TokenKeyID(Randomness.bytes32()) }
        let before = try ProcessUsage(getpid()).residentKiB
        var list = RevocationList()
        for sequence in 1...UInt64(entryCount) { try list.append(entry(sequence, keys)) }
        let memory = Double(try ProcessUsage(getpid()).residentKiB - before) / 1024
        var figures = [Figure(name: "revocation-memory", value: memory, unit: "MiB", bar: nil), lookup(list, keys)]
        figures += try apply(to: list, keys)
        figures += try await starts(keys)
        return figures
    }

    private func lookup(_ list: RevocationList, _ keys: [TokenKeyID]) -> Figure {
        // About half of them are revoked.
        let tokens = (0..<Self.lookupCount).map { number in
            (nullifier(UInt64(number * 7_919 % (2 * entryCount))), keys[number % keys.count])
        }
        var (times, found) = ([Double](), 0)
        for _ in 0..<rounds {
            let watch = Stopwatch()
            for (nullifier, key) in tokens where list.isRevoked(nullifier, keyID: key) { found += 1 }
            times.append(watch.microseconds / Double(tokens.count))
        }
        precondition(found < rounds * tokens.count)
        return Figure(name: "revocation-lookup", value: times.median, unit: "us", bar: 1)
    }

    private func apply(to list: RevocationList, _ keys: [TokenKeyID]) throws -> [Figure] {
        var figures: [Figure] = []
        for count in [1, RevocationDelta.maximumEntryCount] {
            let entries = (1...UInt64(count)).map { entry(list.size + $0, keys) }
            var next = list
            for entry in entries { try next.append(entry) }
            let head = RevocationHead(issuer: "issuer.example", size: next.size, root: next.root, time: Self.day)
            guard let bytes = RevocationDelta(after: list.size, entries: entries)?.encoded else {
                throw CommandFailure("the entries do not follow one another")
            }
            var times: [Double] = []
            for _ in 0..<rounds {
                let watch = Stopwatch()
                _ = try list.applying(RevocationDelta(decoding: bytes).entries, upTo: head)
                times.append(watch.microseconds / 1_000)
            }
            let bar: Double? = count == 1 ? nil : 100
            figures.append(Figure(name: "revocation-apply-\(count)", value: times.median, unit: "ms", bar: bar))
            if count > 1 {
                figures.append(
                    Figure(name: "revocation-delta-\(count)", value: Double(bytes.count) / 1_000, unit: "kB", bar: 350))
            }
        }
        return figures
    }

    /// How long both servers take to open their databases with all of the list in it.
    private func starts(_ keys: [TokenKeyID]) async throws -> [Figure] {
        let root = URL.temporaryDirectory.appending(path: "portes-bench-\(getpid())")
        defer { try? FileManager.default.removeItem(at: root) }
        return [
            try authorityStart(in: root.appending(path: "authority").path, keys),
            try await clearingStart(in: root.appending(path: "clearing").path, keys),
        ]
    }

    private func authorityStart(in path: String, _ keys: [TokenKeyID]) throws -> Figure {
        let database = try AuthorityDatabase(in: DataDirectory(path: path, side: .authority))
        for start in stride(from: 0, to: entryCount, by: RevocationDelta.maximumEntryCount) {
            let subjects = (start..<min(start + RevocationDelta.maximumEntryCount, entryCount)).map {
                RevocationEntry.Subject.token(nullifier(UInt64($0)), keys[$0 % keys.count])
            }
            try database.revoke(subjects, reason: .surrendered)
        }
        try database.close()
        let watch = Stopwatch()
        try AuthorityDatabase(in: DataDirectory(path: path, side: .authority)).close()
        return Figure(
            name: "revocation-authority-start", value: watch.microseconds / 1_000, unit: "ms", bar: nil)
    }

    private func clearingStart(in path: String, _ keys: [TokenKeyID]) async throws -> Figure {
        let fixture = try BenchFixture()
        let authority = Ed25519.PrivateKey()
        let revocation = Ed25519.PrivateKey()
        let pins = ClearingPins(
            origin: try ServerName("origin.example"), scope: .ownOrigin, authority: AuthorityKey(authority.publicKey))
        func open() throws -> ClearingDatabase {
            let directory = try DataDirectory(path: path, side: .clearing)
            return try ClearingDatabase(in: directory, identity: ClearingIdentity(in: directory), pins: pins)
        }
        let database = try open()
        let delivery = try fixture.delivery(
            to: ClearingIdentity.open(atPath: path).publicKey, revocationKey: revocation.publicKey)
        try await database.take(delivery: delivery.signed(with: authority))
        var list = RevocationList()
        let entries = (1...UInt64(entryCount)).map { entry($0, keys) }
        for entry in entries { try list.append(entry) }
        let now = SystemTimeSource().now()
        let head = RevocationHead(issuer: delivery.issuer, size: list.size, root: list.root, time: now.wall)
        _ = try await database.take(revocations: entries, signedHead: head.signed(with: revocation), fetchedAt: now)
        try database.close()
        let watch = Stopwatch()
        try open().close()
        return Figure(
            name: "revocation-clearing-start", value: watch.microseconds / 1_000, unit: "ms", bar: nil)
    }

    private static let day = UnixTime(seconds: 1_799_971_200)

    private func entry(_ sequence: UInt64, _ keys: [TokenKeyID]) -> RevocationEntry {
        RevocationEntry(
            sequence: sequence, subject: .token(nullifier(sequence), keys[Int(sequence % UInt64(keys.count))]),
            reason: .surrendered, effective: Self.day)
    }

    /// The nullifier of a number: as evenly spread as those of tokens, and the same again.
    private func nullifier(_ number: UInt64) -> Nullifier {
        func mixed(_ value: UInt64) -> UInt64 {
            var value = value &* 0x9e37_79b9_7f4a_7c15
            value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
            return value ^ (value >> 31)
        }
        return Nullifier(high: mixed(number), low: mixed(~number))
    }
}
