import Foundation
package import LibSodium

/// Writes backups: one sealed file, there whole or not at all.
///
/// After the header (``BackupHeader``) come the members, one after the other, in pieces of 1 MiB, the last shorter.
/// Each piece is sealed with XChaCha20-Poly1305 under the file's key and bound to its place, so that none can be left
/// out, repeated or exchanged; how many there are is bound to the key itself.
package enum BackupWriter {
    /// Writes the members to a new file of mode 0600 at `path`; blocks.
    ///
    /// `progress` hears the share that is written, 0 to 1. Throws ``BackupError``; then there is no file.
    package static func write(
        _ members: [BackupMember], kind: BackupKind, to path: String, passphrase: borrowing SecretBytes,
        cost: PasswordHash.Cost = .moderate, progress: (Double) -> Void = { _ in }
    ) throws {
        try checkFree(path)
        let stream = MemberStream(members)
        do {
            let (header, key) = try BackupHeader.make(
                kind, contentCount: stream.count, passphrase: passphrase, cost: cost)
            let temporary = path + ".new-" + Hex.encode(Randomness.bytes(8))
            let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard file >= 0 else { throw KeyFileError(errno: errno, path: path) }
            do {
                defer { close(file) }
                try FileBytes.append(header.encoded, to: file, path: path)
                try writePieces(of: stream, key: key.bytes, to: file, path: path, progress)
                guard fsync(file) == 0 else { throw KeyFileError(errno: errno, path: path) }
                try checkFree(path)
                guard rename(temporary, path) == 0 else { throw KeyFileError(errno: errno, path: path) }
            } catch {
                unlink(temporary)
                throw error
            }
            try DirectoryHandle.syncParent(of: path)
        } catch let error as KeyFileError {
            throw BackupError.file(error)
        }
    }

    /// Throws ``BackupError/exists(path:)`` if there is something at `path`: to be asked before a passphrase is.
    package static func checkFree(_ path: String) throws(BackupError) {
        var status = stat()
        guard lstat(path, &status) != 0 else { throw .exists(path: path) }
    }

    private static func writePieces(
        of stream: MemberStream, key: borrowing SecretBytes, to file: Int32, path: String, _ progress: (Double) -> Void
    ) throws {
        let pieces = BackupHeader.pieces(stream.count)
        for index in 0..<pieces {
            let rest = stream.count - index * UInt64(BackupHeader.chunkCount)
            let count = Int(min(rest, UInt64(BackupHeader.chunkCount)))
            let piece = try SecretBytes(count: count) { buffer in try stream.fill(buffer) }
            let sealed = AuthenticatedEncryption.seal(piece, key: key, context: BackupHeader.context(piece: index))
            try FileBytes.append(sealed, to: file, path: path)
            progress(Double(index + 1) / Double(pieces))
        }
    }
}

/// The bytes of members one after the other.
private final class MemberStream {
    /// How many bytes there are.
    let count: UInt64
    private var parts: [(source: BackupMember.Source, count: UInt64)]
    private var offset: UInt64 = 0

    init(_ members: [BackupMember]) {
        parts = members.flatMap { member in
            let header = member.header
            return [(.bytes(header), UInt64(header.count)), (member.source, member.count)]
        }.reversed()
        count = parts.reduce(0) { $0 + $1.count }
    }

    /// Fills the buffer, for which there are bytes enough.
    func fill(_ buffer: UnsafeMutableRawBufferPointer) throws {
        var done = 0
        while done < buffer.count, let part = parts.last {
            let count = Int(min(part.count - offset, UInt64(buffer.count - done)))
            let target = UnsafeMutableRawBufferPointer(rebasing: buffer[done..<(done + count)])
            switch part.source {
            case .bytes(let bytes): target.copyBytes(from: bytes[Int(offset)..<(Int(offset) + count)])
            case .secret(let held):
                held.bytes.withUnsafeBytes { source in
                    target.copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: source[Int(offset)..<(Int(offset) + count)]))
                }
            case .file(let file):
                guard try file.read(into: target) == count else { throw BackupError.sourceChanged(path: file.path) }
            }
            done += count
            offset += UInt64(count)
            if offset == part.count {
                parts.removeLast()
                offset = 0
            }
        }
    }
}
