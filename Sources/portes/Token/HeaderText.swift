import Foundation

/// Header fields in a text, as `curl -i` or `curl -v` prints them.
enum HeaderText {
    /// The values of the fields of a name, one to a line; what is not such a field is passed over.
    static func values(of name: String, in text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).compactMap { line in
            var line = line.trimmingCharacters(in: .whitespaces)
            // How curl -v marks what it sent and what it received.
            if line.hasPrefix("< ") || line.hasPrefix("> ") { line = String(line.dropFirst(2)) }
            guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == name.lowercased() else {
                return nil
            }
            return line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
    }

    /// What follows the header fields, where the text is a whole response.
    static func body(of text: String) -> String? {
        guard text.hasPrefix("HTTP/") else { return nil }
        let lines = text.replacing("\r\n", with: "\n")
        return lines.firstRange(of: "\n\n").map { String(lines[$0.upperBound...]) }
    }
}
