#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif
internal import SQLiteSupport

/// What tells a file from a copy of it: its number on its disk, and which file it is that has had this number.
///
/// Renaming keeps both. Writing over a file keeps them too, so this finds most copies and not all.
enum FilePlace {
    #if canImport(Glibc)
    /// `FS_IOC_GETVERSION` of Linux on machines of 64 bits: the generation of a file's number.
    private static let getVersion: UInt = 0x8008_7601
    #endif

    /// The place of the file at a path, as text, which is made where it is missing; throws ``StoreError``.
    ///
    /// Not to be called while a database is open there: closing a descriptor of a file ends the locks of all of them.
    static func text(of path: String) throws(StoreError) -> String {
        let file = open(path, O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw .inputOutput(path: path, code: errno) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .inputOutput(path: path, code: errno) }
        #if canImport(Glibc)
        // A file system that has none of it may use a number again.
        var generation = 0
        let isKnown = withUnsafeMutablePointer(to: &generation) { ioctl(file, getVersion, UnsafeMutableRawPointer($0)) }
        return isKnown == 0 ? "\(status.st_ino) \(UInt32(truncatingIfNeeded: generation))" : "\(status.st_ino)"
        #else
        return "\(status.st_ino) \(status.st_birthtimespec.tv_sec).\(status.st_birthtimespec.tv_nsec)"
        #endif
    }
}
