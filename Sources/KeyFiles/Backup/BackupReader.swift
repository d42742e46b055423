import Foundation
package import LibSodium

/// Reads a backup, one member after the other; blocks.
///
/// What it gives was authenticated before. Throws ``BackupError``.
package final class BackupReader {
    /// The backup's path.
    package let path: String
    private let file: OpenFile
    private let header: BackupHeader
    private var key: HeldSecret?
    private var piece: HeldSecret?
    private var offset = 0
    private var index: UInt64 = 0
    /// How many bytes of members were not given yet, and how many of them are of the present member.
    private var (rest, memberRest): (UInt64, UInt64)

    /// Opens the backup at `path`, which must be private and of the right length; no passphrase is needed yet.
    package init(_ path: String, kind: BackupKind) throws(BackupError) {
        self.path = path
        file = try OpenFile(path)
        header = try BackupHeader(decoding: file.read(BackupHeader.count), path: path)
        // Said of a backup alone: whatever else was named by mistake is none of our business.
        guard file.mode & 0o077 == 0 else { throw .wrongMode(path: path) }
        guard file.owner == geteuid() || file.owner == 0 else { throw .file(.notOwned(path: path)) }
        guard header.kind == kind else { throw .otherKind(path: path, holds: header.kind) }
        guard let count = header.fileCount, file.count <= count else { throw .corrupt(path: path) }
        guard file.count == count else { throw .truncated(path: path) }
        (rest, memberRest) = (header.contentCount, 0)
    }

    /// Opens the seal; takes as long as the cost says. Throws `.wrongPassphrase`.
    package func unlock(_ passphrase: borrowing SecretBytes) throws(BackupError) {
        key = try header.unlock(passphrase, path: path)
    }

    /// The share of the backup that was read, 0 to 1.
    package var progress: Double {
        header.contentCount == 0 ? 1 : Double(header.contentCount - rest) / Double(header.contentCount)
    }

    /// The next member, of which the bytes can then be read; what is left of the one before is passed over. `nil` at
    /// the end.
    package func next() throws(BackupError) -> (name: String, count: UInt64)? {
        try skip()
        guard rest > 0 else { return nil }
        let nameCount = try bytes(1)[0]
        let name = try String(validating: bytes(Int(nameCount)), as: UTF8.self)
        let count = try BackupHeader.integer(bytes(8))
        guard let name, !name.isEmpty, count <= rest else { throw .corrupt(path: path) }
        memberRest = count
        return (name, count)
    }

    /// All of the present member, which has at most `limit` bytes.
    package func secret(limit: Int) throws(BackupError) -> SecretBytes {
        guard memberRest <= UInt64(limit) else { throw .corrupt(path: path) }
        let count = Int(memberRest)
        memberRest = 0
        return try SecretBytes(count: count) { (buffer) throws(BackupError) in try fill(buffer) }
    }

    /// Writes all of the present member to an open file, which is not synced; `target` is that file's path.
    func copy(to descriptor: Int32, target: String, progress: (Double) -> Void) throws(BackupError) {
        while memberRest > 0 {
            let count = Int(min(memberRest, UInt64(BackupHeader.chunkCount)))
            let part = try SecretBytes(count: count) { (buffer) throws(BackupError) in try fill(buffer) }
            memberRest -= UInt64(count)
            do throws(KeyFileError) {
                try part.withUnsafeBytes { (bytes) throws(KeyFileError) in
                    try FileBytes.append(bytes, to: descriptor, path: target)
                }
            } catch {
                throw .file(error)
            }
            progress(self.progress)
        }
    }

    private func skip() throws(BackupError) {
        while memberRest > 0 {
            let count = Int(min(memberRest, UInt64(BackupHeader.chunkCount)))
            _ = try SecretBytes(count: count) { (buffer) throws(BackupError) in try fill(buffer) }
            memberRest -= UInt64(count)
        }
    }

    /// Public bytes.
    private func bytes(_ count: Int) throws(BackupError) -> [UInt8] {
        guard UInt64(count) <= rest else { throw .corrupt(path: path) }
        var bytes = [UInt8](repeating: 0, count: count)
        let result = bytes.withUnsafeMutableBytes { buffer in
            Result { () throws(BackupError) in try fill(buffer) }
        }
        try result.get()
        return bytes
    }

    private func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(BackupError) {
        guard UInt64(buffer.count) <= rest else { throw .corrupt(path: path) }
        var done = 0
        while done < buffer.count {
            let held = try pieceWithBytes()
            let count = min(held.bytes.count - offset, buffer.count - done)
            held.bytes.withUnsafeBytes { source in
                UnsafeMutableRawBufferPointer(rebasing: buffer[done..<(done + count)])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[offset..<(offset + count)]))
            }
            done += count
            offset += count
        }
        rest -= UInt64(done)
    }

    /// The piece that has the next byte.
    private func pieceWithBytes() throws(BackupError) -> HeldSecret {
        if let piece, offset < piece.bytes.count { return piece }
        guard let key else { throw .wrongPassphrase(path: path) }
        let before = index * UInt64(BackupHeader.chunkCount)
        guard before < header.contentCount else { throw .corrupt(path: path) }
        let count = Int(min(header.contentCount - before, UInt64(BackupHeader.chunkCount)))
        let sealed = try file.read(count + AuthenticatedEncryption.overhead)
        guard sealed.count == count + AuthenticatedEncryption.overhead else { throw .truncated(path: path) }
        do {
            let next = HeldSecret(
                try AuthenticatedEncryption.open(
                    sealed, key: key.bytes, context: BackupHeader.context(piece: index)))
            (piece, offset, index) = (next, 0, index + 1)
            return next
        } catch {
            throw .corrupt(path: path)
        }
    }
}
