import Foundation
import KeySchedule
import KeyTransparency
import LibSodium
import PrivacyPass
import Revocation
import TestSupport
import VOPRF

/// A log of keys as static files, written whole at each change; it logs what it is told to, whatever the rules say.
///
/// One capability, `session`: epochs of a day, acceptance of an hour, announcements an hour ahead. Times count from
/// 2026-01-01.
final class LogDirectoryFixture {
    static let start = UnixTime(seconds: 1_767_225_600)
    static let hour: Int64 = 3_600
    static let day: Int64 = 86_400

    let directory: TemporaryDirectory
    var entries: [[UInt8]] = []
    /// When the witness cosigns; `nil` for not at all.
    var cosigned: UnixTime?
    private let log: NoteSigner
    private let witness: NoteSigner
    private let capability: Capability

    struct NotWellFormed: Error {}

    init(seed: [UInt8] = Randomness.bytes(32)) throws {
        directory = try TemporaryDirectory()
        guard let name = NoteKeyName("issuer.example/log"), let other = NoteKeyName("witness.example"),
            let session = Capability("session"), let key = Ed25519.PrivateKey(seed: SecretBytes(copying: seed))
        else { throw NotWellFormed() }
        log = NoteSigner(name: name, key: key)
        witness = NoteSigner(name: other, key: Ed25519.PrivateKey())
        capability = session
        let terms = RotationTerms(
            capability: session, tokenType: .voprfRistretto255, epoch: Self.day, acceptance: Self.hour,
            announcement: Self.hour)
        guard let terms else { throw NotWellFormed() }
        append(.terms(terms), at: 0)
    }

    var path: String { directory.path }
    var logKey: String { log.verificationKey(.ed25519).verifierKey }
    var witnessKey: String { witness.verificationKey(.cosignature).verifierKey }

    func append(_ event: KeyEvent, at seconds: Int64) {
        entries.append(LogEntry(time: Self.start.adding(seconds: seconds), event: event).encoded)
    }

    /// Announces a key that issues for a day.
    @discardableResult
    func announce(from notBefore: Int64, at seconds: Int64) throws -> TokenKeyID {
        let begin = Self.start.adding(seconds: notBefore)
        let record = try KeyRecord(
            capability: capability, tokenType: .voprfRistretto255,
            publicKey: ServerPrivateKey().publicKey.encoded.bytes, notBefore: begin,
            issueUntil: begin.adding(seconds: Self.day), acceptUntil: begin.adding(seconds: Self.day + Self.hour))
        append(.announced(record), at: seconds)
        return record.id
    }

    /// Writes all files anew.
    func write() throws {
        try? FileManager.default.removeItem(atPath: path)
        var frontier = TreeFrontier()
        for entry in entries { frontier.append(MerkleHash.leaf(entry)) { _, _, _ in } }
        let checkpoint = Checkpoint(origin: log.name, head: frontier.head)
        var note = checkpoint.signed(by: log)
        if let cosigned { note.add(witness.cosignature(for: checkpoint, at: cosigned)) }
        try write(note.encoded, to: "checkpoint")
        try write(Array((logKey + "\n").utf8), to: "key")
        try writeBundles()
        var hashes = entries.map { MerkleHash.leaf($0) }
        for level in 0..<8 where !hashes.isEmpty {
            let tiles = stride(from: 0, to: hashes.count, by: 256).map { hashes[$0..<min($0 + 256, hashes.count)] }
            for (index, part) in tiles.enumerated() {
                let tile = Tile(.hashes(level: level), index: UInt64(index), width: part.count)
                try write(part.flatMap(\.bytes), to: tile?.path ?? "")
            }
            hashes = tiles.filter { $0.count == 256 }.map { part in
                var frontier = TreeFrontier()
                for hash in part { frontier.append(hash) { _, _, _ in } }
                return frontier.head.root
            }
        }
    }

    private func writeBundles() throws {
        for (index, start) in stride(from: 0, to: entries.count, by: 256).enumerated() {
            let part = Array(entries[start..<min(start + 256, entries.count)])
            let tile = Tile(.entries, index: UInt64(index), width: part.count)
            try write(EntryBundle.encode(part) ?? [], to: tile?.path ?? "")
        }
    }

    /// Replaces one file.
    func write(_ bytes: [UInt8], to name: String) throws {
        let file = URL(filePath: path).appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file, options: .atomic)
    }
}
