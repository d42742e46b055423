import Foundation

/// Where commands write: data to standard output, words to standard error.
enum Output {
    /// Writes a line of data.
    static func data(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

    /// Writes a line for people.
    static func note(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }

    /// Warns of something that was done all the same.
    static func warning(_ message: String, hint: String) {
        note("portes: warning: \(message)\nportes: hint: \(hint)")
    }

    /// Writes a value as JSON with sorted keys, indented.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        data(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
