import Foundation

/// Whole reads and writes on an open file.
enum FileBytes {
    /// Everything up to the file's end, at most `limit` bytes.
    static func read(_ file: Int32, limit: Int, path: String) throws(KeyFileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        var count = 0
        while count < limit {
            let got = bytes.withUnsafeMutableBytes {
                Foundation.read(file, $0.baseAddress?.advanced(by: count), limit - count)
            }
            if got == 0 { break }
            if got < 0 {
                guard errno == EINTR else { throw KeyFileError(errno: errno, path: path) }
                continue
            }
            count += got
        }
        return Array(bytes.prefix(count))
    }

    /// Writes all bytes and waits until they are on the disk.
    static func write(_ bytes: [UInt8], to file: Int32, path: String) throws(KeyFileError) {
        try append(bytes, to: file, path: path)
        guard fsync(file) == 0 else { throw KeyFileError(errno: errno, path: path) }
    }

    /// Writes all bytes.
    static func append(_ bytes: [UInt8], to file: Int32, path: String) throws(KeyFileError) {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(KeyFileError) in try append(buffer, to: file, path: path) }
        }
        try result.get()
    }

    /// Writes all bytes.
    static func append(_ bytes: UnsafeRawBufferPointer, to file: Int32, path: String) throws(KeyFileError) {
        var count = 0
        while count < bytes.count {
            let put = Foundation.write(file, bytes.baseAddress?.advanced(by: count), bytes.count - count)
            if put < 0 {
                guard errno == EINTR else { throw KeyFileError(errno: errno, path: path) }
                continue
            }
            count += put
        }
    }
}
