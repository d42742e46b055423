import Foundation

/// A PEM text of a private key, as RFC 9578 has it (RFC 7468).
struct PEMText {
    /// The same key as every writer would write it.
    let canonical: String

    /// Throws ``ConformanceMismatch`` for a text that a strict writer would not write: what was changed fails.
    init(_ text: String) throws(ConformanceMismatch) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let body = lines.dropFirst().prefix { !$0.hasPrefix("-") }
        guard let data = Data(base64Encoded: body.joined()), lines.first == "-----BEGIN PRIVATE KEY-----" else {
            throw ConformanceMismatch("skS")
        }
        let wrapped = data.base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
        canonical = "-----BEGIN PRIVATE KEY-----\n\(wrapped)\n-----END PRIVATE KEY-----"
        guard text == canonical || text == canonical + "\n" else { throw ConformanceMismatch("skS") }
    }
}
