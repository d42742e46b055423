internal import PrivacyPass

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A piece of the revocation list as it travels: entries after a place, and the signed head of the whole list.
///
/// JSON: `{"after": 0, "entries": ["<base64url>", …], "head": "<JWS>"}`. The same bytes for every reader.
public struct RevocationPage: Sendable, Hashable {
    /// The sequence number before the first entry.
    public let after: UInt64
    /// The entries, in order.
    public let entries: [RevocationEntry]
    /// The head, signed and not yet checked.
    public let signedHead: String

    /// How many entries one page holds at most.
    public static let maximumEntryCount = 10_000
    /// The largest page that is read, in bytes.
    public static let maximumEncodedCount = 2 * 1024 * 1024

    /// A page from its parts.
    public init(after: UInt64, entries: [RevocationEntry], signedHead: String) {
        self.after = after
        self.entries = entries
        self.signedHead = signedHead
    }

    /// Decodes the JSON of a page; throws ``RevocationError/malformed``.
    public init(decoding bytes: [UInt8]) throws(RevocationError) {
        guard bytes.count <= RevocationPage.maximumEncodedCount,
            let wire = try? JSONDecoder().decode(Wire.self, from: Data(bytes)),
            wire.entries.count <= RevocationPage.maximumEntryCount
        else { throw .malformed }
        var entries: [RevocationEntry] = []
        for text in wire.entries {
            guard let encoded = Base64URL.decode(text), let entry = try? RevocationEntry(decoding: encoded) else {
                throw .malformed
            }
            entries.append(entry)
        }
        self.init(after: wire.after, entries: entries, signedHead: wire.head)
    }

    /// The JSON of the page.
    public var encoded: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let wire = Wire(
            after: after, entries: entries.map { Base64URL.encode($0.encoded, padded: false) }, head: signedHead)
        // Encoding strings and integers cannot fail.
        return (try? encoder.encode(wire)).map { Array($0) } ?? []
    }

    private struct Wire: Codable {
        let after: UInt64
        let entries: [String]
        let head: String
    }
}
