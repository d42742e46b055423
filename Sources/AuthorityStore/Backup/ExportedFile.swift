import Foundation

/// A file of an export, which anybody may have written: read only if it is a regular file of a size that it can have.
enum ExportedFile {
    /// The bytes of the file at a path, at most `limit`; `nil` where there is no such file.
    static func read(_ path: String, limit: Int) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return nil }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else { return nil }
        return (try? handle.read(upToCount: limit + 1)).flatMap { $0 }.map { Array($0) } ?? []
    }
}
