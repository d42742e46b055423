#if canImport(Darwin)
import Darwin
#elseif canImport(Android)
import Android
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The file of a wallet, which this value alone uses until it is released.
///
/// Written whole beside the old one, made durable and put in its place: whenever the process or the machine stops,
/// either the old or the new file is there. The lock lies on a file of its own, since the wallet's is replaced.
final class WalletFile: Sendable {
    // Names in an open directory, so that they mean the same file whatever happens to the paths that led here.
    private let directory: Int32
    private let name: String
    private let lock: Int32

    /// Takes the lock of the wallet at `path` without waiting; throws ``WalletError/inUse`` while another has it, and
    /// unless `mayBeAbsent` ``WalletError/absent`` if there is none, for which then no lock is made.
    init(path: String, mayBeAbsent: Bool = true) throws(WalletError) {
        let (directory, name) = try Self.place(of: path)
        let lock: Int32
        do throws(WalletError) {
            if !mayBeAbsent, faccessat(directory, name, F_OK, 0) != 0, errno == ENOENT { throw WalletError.absent }
            lock = try Self.lock(name, in: directory)
        } catch {
            close(directory)
            throw error
        }
        // Only now: an object that is whole is deinitialized even where its initializer throws, and would close
        // descriptors a second time that may be somebody else's by then.
        self.name = name
        self.directory = directory
        self.lock = lock
    }

    /// A file that is only read, without its lock: what is there was written whole.
    init(readingAt path: String) throws(WalletError) {
        (directory, name) = try Self.place(of: path)
        lock = -1
    }

    private static func place(of path: String) throws(WalletError) -> (directory: Int32, name: String) {
        let slash = path.lastIndex(of: "/")
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        guard !name.isEmpty else { throw .fileSystem(code: EISDIR) }
        let directory = open(slash.map { String(path[...$0]) } ?? ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw .fileSystem(code: errno) }
        return (directory, name)
    }

    private static func lock(_ name: String, in directory: Int32) throws(WalletError) -> Int32 {
        let lock = openat(directory, name + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else { throw .fileSystem(code: errno) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(lock)
            throw code == EWOULDBLOCK ? .inUse : .fileSystem(code: code)
        }
        return lock
    }

    /// Lets another have the file. Not to be used any more afterwards.
    func release() {
        // Said aloud: a child that is just being started may hold a copy of the descriptor for a moment longer.
        _ = flock(lock, LOCK_UN)
    }

    deinit {
        if lock >= 0 {
            release()
            close(lock)
        }
        close(directory)
    }

    /// The bytes of the file, or `nil` if there is none; a file that others may read is made private.
    func read() throws(WalletError) -> [UInt8]? {
        let file = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw .fileSystem(code: errno)
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .fileSystem(code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .fileSystem(code: EINVAL) }
        if status.st_mode & 0o077 != 0, fchmod(file, 0o600) != 0 { throw .fileSystem(code: errno) }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { bytes in
                Self.read(file, UnsafeMutableRawBufferPointer(rebasing: bytes[filled...]))
            }
            guard count >= 0 else { throw .fileSystem(code: errno) }
            // Shorter than it was a moment ago: somebody else is writing it.
            guard count > 0 else { throw .corrupt }
            filled += count
        }
        return bytes
    }

    /// Replaces the file by one with these bytes, which is durable when this returns.
    ///
    /// When it throws, the old file or the new one is there.
    func replace(with bytes: [UInt8]) throws(WalletError) {
        let temporary = name + ".new"
        let file = openat(directory, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw .fileSystem(code: errno) }
        do throws(WalletError) {
            defer { close(file) }
            guard fchmod(file, 0o600) == 0 else { throw .fileSystem(code: errno) }
            try Self.write(bytes, to: file)
            try Self.synchronize(file)
        } catch {
            unlinkat(directory, temporary, 0)
            throw error
        }
        guard renameat(directory, temporary, directory, name) == 0 else {
            let code = errno
            unlinkat(directory, temporary, 0)
            throw .fileSystem(code: code)
        }
        guard fsync(directory) == 0 else { throw .fileSystem(code: errno) }
    }

    /// Overwrites the file with zeros and removes it, durably, with the file of its lock; one that is not there stays
    /// so.
    func remove() throws(WalletError) {
        let file = openat(directory, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        if file >= 0 {
            defer { close(file) }
            var status = stat()
            guard fstat(file, &status) == 0 else { throw .fileSystem(code: errno) }
            try Self.write([UInt8](repeating: 0, count: Int(status.st_size)), to: file)
            try Self.synchronize(file)
        } else if errno != ENOENT {
            throw .fileSystem(code: errno)
        }
        for name in [name, name + ".lock"] where unlinkat(directory, name, 0) != 0 && errno != ENOENT {
            throw .fileSystem(code: errno)
        }
        guard fsync(directory) == 0 else { throw .fileSystem(code: errno) }
    }

    private static func write(_ bytes: [UInt8], to file: Int32) throws(WalletError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
                while true {
                    let count = systemWrite(file, rest.baseAddress, rest.count)
                    if count >= 0 || errno != EINTR { return count }
                }
            }
            guard count >= 0 else { throw .fileSystem(code: errno) }
            written += count
        }
    }

    private static func read(_ file: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        while true {
            let count = systemRead(file, buffer.baseAddress, buffer.count)
            if count >= 0 || errno != EINTR { return count }
        }
    }

    private static func synchronize(_ file: Int32) throws(WalletError) {
        #if canImport(Darwin)
        // There, fsync leaves the bytes in the drive's cache.
        if fcntl(file, F_FULLFSYNC) == 0 { return }
        #endif
        guard fsync(file) == 0 else { throw .fileSystem(code: errno) }
    }
}

// The names of the methods above would hide these.
private let systemRead = read(_:_:_:)
private let systemWrite = write(_:_:_:)
