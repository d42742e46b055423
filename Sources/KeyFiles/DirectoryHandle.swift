import Foundation
import LibSodium
import Synchronization

/// An open directory whose files are written whole and durably, or not at all.
///
/// Calls are relative to the directory that was opened, even if its path is given to another one meanwhile.
package final class DirectoryHandle: Sendable {
    let path: String
    private let descriptor: Int32
    private let mutation = Mutex(())
    /// The directories that were missing, the innermost first.
    private let made: [String]
    private static let temporaryPrefix = ".new-"
    /// More than any file here needs.
    private static let largestFile = 65_536

    /// Makes the directory where it is missing, unless it `mustExist`, and makes it private (0700) where it is not.
    package init(_ path: String, mustExist: Bool = false) throws(KeyFileError) {
        made = mustExist ? [] : try Self.make(path)
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw KeyFileError(errno: errno, path: path) }
        self.path = path
        let status = try Self.status(of: descriptor, path: path)
        guard status.st_uid == geteuid() else { throw .notOwned(path: path) }
        if status.st_mode & 0o077 != 0, fchmod(descriptor, 0o700) != 0 { throw KeyFileError(errno: errno, path: path) }
        for directory in made { try Self.syncParent(of: directory) }
    }

    deinit { close(descriptor) }

    /// Removes the directories that this value made, as far as they are empty.
    func unmake() { for directory in made { rmdir(directory) } }

    private static func make(_ path: String) throws(KeyFileError) -> [String] {
        if mkdir(path, 0o700) == 0 { return [path] }
        if errno == EEXIST { return [] }
        let parent = parentPath(of: path)
        guard errno == ENOENT, !parent.isEmpty, parent != path else { throw KeyFileError(errno: errno, path: path) }
        let outer = try make(parent)
        // Only once more: there are file systems in which nothing can be made.
        if mkdir(path, 0o700) == 0 { return [path] + outer }
        guard errno == EEXIST else { throw KeyFileError(errno: errno, path: path) }
        return outer
    }

    static func syncParent(of path: String) throws(KeyFileError) {
        let parent = parentPath(of: path)
        let descriptor = open(parent.isEmpty ? "." : parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw KeyFileError(errno: errno, path: parent) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw KeyFileError(errno: errno, path: parent) }
    }

    private static func status(of descriptor: Int32, path: String) throws(KeyFileError) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw KeyFileError(errno: errno, path: path) }
        return status
    }

    func path(of name: String) -> String { path + "/" + name }

    /// The names of all entries, sorted. All of them or none: Foundation's own passes over a disk that fails midway.
    func entries() throws(KeyFileError) -> [String] {
        let file = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0, let directory = fdopendir(file) else { throw KeyFileError(errno: errno, path: path) }
        defer { closedir(directory) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(directory) else { break }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        guard errno == 0 else { throw KeyFileError(errno: errno, path: path) }
        return names.sorted()
    }

    /// All bytes of a private file of at most 64 KiB.
    package func read(_ name: String) throws(KeyFileError) -> [UInt8] {
        let path = path(of: name)
        let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { throw KeyFileError(errno: errno, path: path) }
        defer { close(file) }
        let status = try Self.status(of: file, path: path)
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= Self.largestFile else { throw .foreign(path: path) }
        guard status.st_uid == geteuid() else { throw .notOwned(path: path) }
        guard status.st_mode & 0o077 == 0 else { throw .wrongMode(path: path) }
        return try FileBytes.read(file, limit: Self.largestFile, path: path)
    }

    /// Makes a file of mode 0600 that is there whole, after a power cut too, or not at all; never replaces one.
    package func create(_ name: String, _ bytes: [UInt8]) throws(KeyFileError) {
        try exclusively { () throws(KeyFileError) in
            guard faccessat(descriptor, name, F_OK, 0) != 0 else { throw .exists(path: path(of: name)) }
            try write(name, bytes)
        }
    }

    /// Puts new bytes in the place of a file's `old` ones: after a power cut too the file has the one or the other.
    ///
    /// Throws `.changed` and does nothing if the file has other bytes by now.
    func replace(_ name: String, _ old: [UInt8], with new: [UInt8]) throws(KeyFileError) {
        try exclusively { () throws(KeyFileError) in
            guard try read(name) == old else { throw .changed(path: path(of: name)) }
            try write(name, new)
        }
    }

    /// Writes a file beside its place and moves it there; under the lock.
    private func write(_ name: String, _ bytes: [UInt8]) throws(KeyFileError) {
        try removeLeftovers()
        let temporary = Self.temporaryPrefix + Hex.encode(Randomness.bytes(8))
        let file = openat(descriptor, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw KeyFileError(errno: errno, path: path(of: name)) }
        do throws(KeyFileError) {
            defer { close(file) }
            try FileBytes.write(bytes, to: file, path: path(of: name))
            guard renameat(descriptor, temporary, descriptor, name) == 0 else {
                throw KeyFileError(errno: errno, path: path(of: name))
            }
        } catch {
            unlinkat(descriptor, temporary, 0)
            throw error
        }
        try syncDirectory()
    }

    /// Overwrites a file with zeros and removes it, durably in this order.
    package func destroy(_ name: String) throws(KeyFileError) {
        try exclusively { () throws(KeyFileError) in
            let path = path(of: name)
            let file = openat(descriptor, name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC)
            guard file >= 0 else { throw KeyFileError(errno: errno, path: path) }
            defer { close(file) }
            let size = try Self.status(of: file, path: path).st_size
            guard size <= Self.largestFile else { throw .foreign(path: path) }
            try FileBytes.write([UInt8](repeating: 0, count: Int(size)), to: file, path: path)
            guard unlinkat(descriptor, name, 0) == 0 else { throw KeyFileError(errno: errno, path: path) }
            try syncDirectory()
        }
    }

    /// Keeps other threads and other processes from changing the directory while `body` runs.
    private func exclusively(_ body: () throws(KeyFileError) -> Void) throws(KeyFileError) {
        try mutation.withLock { (_) throws(KeyFileError) in
            guard flock(descriptor, LOCK_EX) == 0 else { throw KeyFileError(errno: errno, path: path) }
            defer { flock(descriptor, LOCK_UN) }
            try body()
        }
    }

    /// What a process that was killed while writing left behind; under the lock nobody is writing.
    private func removeLeftovers() throws(KeyFileError) {
        for name in try entries() where name.hasPrefix(Self.temporaryPrefix) { unlinkat(descriptor, name, 0) }
    }

    private func syncDirectory() throws(KeyFileError) {
        guard fsync(descriptor) == 0 else { throw KeyFileError(errno: errno, path: path) }
    }
}

/// The path without its last component; empty for a name alone. (Foundation's own traps on a name of one letter.)
private func parentPath(of path: String) -> String {
    let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    guard let slash = trimmed.lastIndex(of: "/") else { return "" }
    return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
}
