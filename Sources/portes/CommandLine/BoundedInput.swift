import Foundation

/// Input from a file or from standard input, with an upper bound.
enum BoundedInput {
    /// The bytes of the file at a path, or of standard input for `-`; more than `limit` is an error.
    static func read(_ path: String, limit: Int) throws -> [UInt8] {
        let handle: FileHandle
        if path == "-" {
            handle = .standardInput
        } else {
            guard let opened = FileHandle(forReadingAtPath: path) else {
                throw CommandFailure("cannot read \(path)", hint: "check that the file exists and may be read")
            }
            handle = opened
        }
        var bytes: [UInt8] = []
        while bytes.count <= limit, let chunk = try handle.read(upToCount: 64 * 1024), !chunk.isEmpty {
            bytes += chunk
        }
        guard bytes.count <= limit else {
            throw CommandFailure("\(path) has more than \(limit) bytes", hint: "check that it is the file you mean")
        }
        return bytes
    }

    /// The text of a file or of standard input without white space at its ends.
    static func readText(_ path: String, limit: Int) throws -> String {
        String(decoding: try read(path, limit: limit), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
