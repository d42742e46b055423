import AuthorityKeys
import AuthorityStore
import KeySchedule
import KeyTransparency
import PrivacyPass
import Revocation

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// The published key log as files, and the revocation list beside it.
package struct LogExport: Sendable, Hashable, Codable {
    /// How many entries the checkpoint covers.
    package var size: UInt64
    /// The files: `checkpoint`, `key` and the tiles.
    package var files: [File]

    /// One file.
    package struct File: Sendable, Hashable, Codable {
        /// Its path below the log's.
        package var path: String
        /// Its bytes.
        package var bytes: Data
    }
}

extension Authority {
    /// Every file of the key log as it was published last, and the revocation list. Blocks.
    func exportLog() throws -> LogExport {
        guard let signing else { throw AdminRefusal("this needs the key directory", hint: "name it with --keys") }
        guard let key = try database.settings().verificationKey(of: .keys),
            let note = try database.publishedCheckpoint(of: .keys),
            let checkpoint = try? Checkpoint(verifying: SignedNote(decoding: note), key: key)
        else {
            throw AdminRefusal("nothing of the key log was published yet", hint: "start the authority once it has a key")
        }
        let size = checkpoint.head.size
        let tiles = try Tile.all(size: size).map { tile in
            guard let bytes = try database.bytesBlocking(of: tile, in: .keys, size: size) else {
                throw AdminRefusal("the key log has no \(tile.path)", hint: "restore the database from a backup")
            }
            return LogExport.File(path: tile.path, bytes: Data(bytes))
        }
        return LogExport(
            size: size,
            files: try tiles + exportRevocations(signing) + [
                LogExport.File(path: "key", bytes: Data((key.verifierKey + "\n").utf8)),
                LogExport.File(path: "checkpoint", bytes: Data(note)),
            ])
    }

    private func exportRevocations(_ signing: SigningKeys) throws -> [LogExport.File] {
        guard let issuerName else { return [] }
        let now = time.now().wall
        // In the log of heads before it is given out, as every other.
        let head = try database.appendRevocationHeadBlocking {
            RevocationHead(issuer: issuerName.text, size: $0.size, root: $0.root, time: now)
        }
        let entries = try database.revocations(limit: Int(clamping: head.size)).entries
        var files: [LogExport.File] = []
        for start in stride(from: 0, to: entries.count, by: RevocationDelta.maximumEntryCount) {
            let piece = Array(entries[start..<min(entries.count, start + RevocationDelta.maximumEntryCount)])
            guard let delta = RevocationDelta(after: UInt64(start), entries: piece) else { continue }
            files.append(
                LogExport.File(path: PublishedState.deltaName(after: UInt64(start)), bytes: Data(delta.encoded)))
        }
        return files + [LogExport.File(path: PublishedState.headName, bytes: Data(signing.sign(head).utf8))]
    }
}
