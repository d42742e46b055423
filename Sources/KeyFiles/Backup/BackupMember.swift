import Foundation
package import LibSodium

/// One named piece of what a backup holds: a file's bytes, or a secret.
///
/// In the backup it is `nameCount:1 ‖ name ‖ count:8 ‖ bytes`, the count big-endian.
package struct BackupMember: Sendable {
    /// The name, 1 to 255 bytes.
    package let name: String
    /// How many bytes it has.
    package let count: UInt64
    let source: Source

    enum Source: Sendable {
        case bytes([UInt8])
        case secret(HeldSecret)
        case file(OpenFile)
    }

    private init(_ name: String, _ count: UInt64, _ source: Source) {
        precondition((1...255).contains(name.utf8.count), "the name of a member has 1 to 255 bytes")
        self.name = name
        self.count = count
        self.source = source
    }

    /// A member with these bytes, which are public.
    package init(_ name: String, bytes: [UInt8]) { self.init(name, UInt64(bytes.count), .bytes(bytes)) }

    /// A member with a secret.
    package init(_ name: String, secret: consuming SecretBytes) {
        let held = HeldSecret(secret)
        self.init(name, UInt64(held.bytes.count), .secret(held))
    }

    /// A member with the bytes of the file at `path`, which is opened here and must not change until it is written.
    package init(_ name: String, file path: String) throws {
        let file = try OpenFile(path)
        self.init(name, file.count, .file(file))
    }

    /// What stands before the member's bytes.
    var header: [UInt8] {
        let name = [UInt8](name.utf8)
        return [UInt8(name.count)] + name + BackupHeader.bytes(count)
    }
}

/// A secret that several places refer to.
package final class HeldSecret: Sendable {
    /// The secret.
    package let bytes: SecretBytes

    /// Holds a secret.
    package init(_ bytes: consuming SecretBytes) { self.bytes = bytes }
}

/// A file that is open for reading from its beginning.
final class OpenFile: Sendable {
    let path: String
    /// How many bytes it had when it was opened.
    let count: UInt64
    let mode: mode_t
    let owner: uid_t
    private let descriptor: Int32

    /// Opens a regular file; throws ``BackupError``.
    init(_ path: String) throws(BackupError) {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(KeyFileError(errno: errno, path: path)) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw .file(KeyFileError(errno: code, path: path))
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .foreign(path: path)
        }
        (self.path, self.descriptor, count, mode, owner) = (
            path, descriptor, UInt64(clamping: status.st_size), status.st_mode, status.st_uid
        )
    }

    deinit { close(descriptor) }

    /// Fills the buffer with the next bytes, and says how many there were: fewer only at the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(BackupError) -> Int {
        var done = 0
        while done < buffer.count {
            let got = Foundation.read(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
            if got == 0 { break }
            if got < 0 {
                guard errno == EINTR else { throw .file(KeyFileError(errno: errno, path: path)) }
                continue
            }
            done += got
        }
        return done
    }

    /// The next `count` bytes, or fewer at the end of the file.
    func read(_ count: Int) throws(BackupError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = bytes.withUnsafeMutableBytes { buffer in
            Result { () throws(BackupError) in try read(into: buffer) }
        }
        return Array(bytes.prefix(try got.get()))
    }
}
