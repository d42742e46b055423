import Foundation
import JOSE
import KeySchedule
import KeyTransparency
import LibSodium
import PrivacyPass
package import Revocation

/// What an authority has published, as `portes log export` wrote it: the entries of the key log and of the revocation
/// list, checked against the authority's keys.
package struct PublishedState: Sendable {
    /// The entries of the key log.
    package let log: [[UInt8]]
    /// The entries of the revocation list.
    package let revocations: [RevocationEntry]

    /// Why an export cannot be used.
    package enum PublishedStateError: Error, Sendable, Hashable {
        /// A file is missing or cannot be read.
        case missing(path: String)
        /// A file is not what belongs there, or is not signed by this authority.
        case invalid(path: String)
    }

    /// The names of the files of the revocation list in an export, below its directory.
    package static let headName = "revocations/head"
    /// The name of the delta after so many entries.
    package static func deltaName(after: UInt64) -> String { "revocations/\(after)" }

    /// Reads an export and checks everything in it; throws ``PublishedStateError``. Blocks.
    package init(directory: String, settings: AuthoritySettings) throws {
        func read(_ name: String, _ limit: Int) throws -> [UInt8] {
            guard let bytes = ExportedFile.read(directory + "/" + name, limit: limit) else {
                throw PublishedStateError.missing(path: directory + "/" + name)
            }
            return bytes
        }
        log = try Self.log(read, directory: directory, key: settings.verificationKey(of: .keys))
        revocations = try Self.revocations(read, directory: directory, settings: settings)
    }

    private static func log(
        _ read: (String, Int) throws -> [UInt8], directory: String, key: NoteVerificationKey?
    ) throws -> [[UInt8]] {
        let invalid = PublishedStateError.invalid(path: directory + "/checkpoint")
        guard let key, let note = try? SignedNote(decoding: read("checkpoint", SignedNote.maximumCount)),
            let checkpoint = try? Checkpoint(verifying: note, key: key)
        else { throw invalid }
        var entries: [[UInt8]] = []
        var tree = TreeFrontier()
        while tree.size < checkpoint.head.size {
            let index = tree.size / UInt64(Tile.fullWidth)
            let width = Tile.width(.entries, index: index, size: checkpoint.head.size)
            guard let tile = Tile(.entries, index: index, width: width) else { throw invalid }
            guard let bundle = try? EntryBundle.decode(
                read(tile.path, width * (LogEntry.maximumCount + 2)), width: width) else {
                throw PublishedStateError.invalid(path: directory + "/" + tile.path)
            }
            for entry in bundle { tree.append(MerkleHash.leaf(entry)) { _, _, _ in } }
            entries += bundle
        }
        guard tree.head == checkpoint.head else { throw invalid }
        return entries
    }

    private static func revocations(
        _ read: (String, Int) throws -> [UInt8], directory: String, settings: AuthoritySettings
    ) throws -> [RevocationEntry] {
        let invalid = PublishedStateError.invalid(path: directory + "/" + headName)
        guard let key = settings.revocationKey,
            let head = try? RevocationHead(verifying: String(decoding: read(headName, 65_536), as: UTF8.self), key: key),
            head.issuer == settings.issuerName?.text
        else { throw invalid }
        var list = RevocationList()
        var entries: [RevocationEntry] = []
        while list.size < head.size {
            let name = deltaName(after: list.size)
            guard let delta = try? RevocationDelta(
                decoding: read(name, RevocationDelta.maximumEncodedCount)), delta.after == list.size,
                !delta.entries.isEmpty
            else { throw PublishedStateError.invalid(path: directory + "/" + name) }
            for entry in delta.entries { try list.append(entry) }
            entries += delta.entries
        }
        guard list.size == head.size, list.root == head.root else { throw invalid }
        return entries
    }
}

extension PublishedState.PublishedStateError: CustomStringConvertible {
    /// One line for people: lower case, no full stop.
    package var description: String {
        switch self {
        case .missing(let path): "\(path) is missing, or larger than what belongs there"
        case .invalid(let path): "\(path) is not what this authority published"
        }
    }

    /// What to do about it; lower case, no full stop.
    package var hint: String? { "name a directory that portes log export wrote for this authority, whole" }
}
