import Foundation

/// A data directory that this process alone uses, from when it is opened until ``release()``, or until nothing holds
/// the value any more.
///
/// Take it before opening the database and before binding the admin socket: the lock is what makes both safe.
package final class DataDirectory: Sendable {
    /// The directory's path as it was given.
    package let path: String
    /// The side that the directory belongs to.
    package let side: StoreSide
    private let lock: Int32
    /// The directories that were missing, the innermost first.
    private let made: [String]
    /// Whether the side's database was there when the lock was taken.
    private let hadDatabase: Bool

    /// Where the side's database lies.
    package var databasePath: String { path + "/" + side.databaseName }
    /// Where the running server's admin socket lies.
    package var socketPath: String { Self.socketPath(in: path) }

    /// Where the admin socket of a server that runs on `directory` lies.
    package static func socketPath(in directory: String) -> String { directory + "/admin.sock" }

    /// Makes the directory where it is missing (mode 0700, with its parents) and takes its lock without waiting.
    ///
    /// A directory that is empty or holds this side's database is made private if it was not. Throws
    /// ``StoreError``: `.locked` while another process has it, `.wrongSide` if it holds the other side's database.
    package init(path: String, side: StoreSide) throws {
        made = try Self.makeDirectory(path)
        let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw StoreError(errno: errno, path: path) }
        defer { close(directory) }
        try Self.checkOwner(directory, path: path)
        try Self.refuseOtherSide(than: side, path: path)
        try Self.makePrivate(directory, path: path, side: side)

        let lockPath = path + "/portes.lock"
        let lock = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else { throw StoreError(errno: errno, path: lockPath) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(lock)
            throw code == EWOULDBLOCK ? StoreError.locked(directory: path) : StoreError(errno: code, path: lockPath)
        }
        self.path = path
        self.side = side
        self.lock = lock
        hadDatabase = access(path + "/" + side.databaseName, F_OK) == 0
        // Once more: the other side may have made its database before this process had the lock.
        try Self.refuseOtherSide(than: side, path: path)
    }

    deinit {
        release()
        close(lock)
    }

    /// Lets another process, or another value of this one, have the directory. Not to be used any more afterwards.
    package func release() {
        // Said aloud: a child that is just being started may hold a copy of the descriptor for a moment longer.
        _ = flock(lock, LOCK_UN)
    }

    /// Takes away again the database that was made under this value's lock, and the directory if this value made it:
    /// for a first command that fails. Call it before the lock is released. `false`, and nothing is done, if the
    /// database was there before.
    package func unmake() -> Bool {
        guard !hadDatabase else { return false }
        for name in ["", "-wal", "-shm", "-journal"] { unlink(databasePath + name) }
        if made.first == path { unlink(path + "/portes.lock") }
        for directory in made { rmdir(directory) }
        return true
    }

    private static func makeDirectory(_ path: String) throws -> [String] {
        if mkdir(path, 0o700) == 0 { return [path] }
        if errno == EEXIST { return [] }
        let parent = parentPath(of: path)
        guard errno == ENOENT, !parent.isEmpty, parent != path else { throw StoreError(errno: errno, path: path) }
        let outer = try makeDirectory(parent)
        // Only once more: there are file systems in which nothing can be made.
        if mkdir(path, 0o700) == 0 { return [path] + outer }
        guard errno == EEXIST else { throw StoreError(errno: errno, path: path) }
        return outer
    }

    private static func checkOwner(_ directory: Int32, path: String) throws {
        guard try status(of: directory, path: path).st_uid == geteuid() else {
            throw StoreError.notOwned(directory: path)
        }
    }

    private static func refuseOtherSide(than side: StoreSide, path: String) throws {
        for other in StoreSide.allCases where other != side && access(path + "/" + other.databaseName, F_OK) == 0 {
            throw StoreError.wrongSide(directory: path, holds: other)
        }
    }

    private static func makePrivate(_ directory: Int32, path: String, side: StoreSide) throws {
        guard try status(of: directory, path: path).st_mode & 0o077 != 0 else { return }
        let entries = try FileManager.default.contentsOfDirectory(atPath: path)
        guard entries.isEmpty || entries.contains(side.databaseName) || entries == ["portes.lock"] else {
            throw StoreError.notPrivate(directory: path)
        }
        guard fchmod(directory, 0o700) == 0 else { throw StoreError(errno: errno, path: path) }
    }

    private static func status(of file: Int32, path: String) throws -> stat {
        var status = stat()
        guard fstat(file, &status) == 0 else { throw StoreError(errno: errno, path: path) }
        return status
    }
}

/// The path without its last component; empty for a name alone. (Foundation's own traps on a name of one letter.)
private func parentPath(of path: String) -> String {
    let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    guard let slash = trimmed.lastIndex(of: "/") else { return "" }
    return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
}
