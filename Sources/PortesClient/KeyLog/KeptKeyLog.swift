package import KeyTransparency
internal import LibSodium
internal import PrivacyPass

/// What is kept of a key log between runs: its key, and the size and root of the last checkpoint that was believed.
package struct KeptKeyLog: Sendable, Hashable {
    /// The log's key.
    package let log: NoteVerificationKey
    /// The checkpoint's size and root.
    package let head: TreeHead

    /// The parts as they are kept.
    package init(log: NoteVerificationKey, head: TreeHead) {
        self.log = log
        self.head = head
    }

    private static let title = "portes key log 1"
    // A name of 255 bytes, and the rest some 250.
    private static let maximumCount = 1024

    /// The bytes: title, verifier key, size and base64 root, a line each, and BLAKE2b-256 of those in hexadecimal.
    package var encoded: [UInt8] {
        let text = [Self.title, log.verifierKey, String(head.size), Base64.encode(head.root.bytes), ""]
        let body = Array(text.joined(separator: "\n").utf8)
        return body + Array((Hexadecimal.encode(KeyedBLAKE2b.hash(body).bytes) + "\n").utf8)
    }

    /// What was kept; `nil` unless the bytes are just as ``encoded`` writes them.
    package init?(decoding bytes: [UInt8]) {
        guard bytes.count <= Self.maximumCount, let text = String(validating: bytes, as: UTF8.self) else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 6, let log = NoteVerificationKey(verifierKey: String(lines[1])), log.type == .ed25519,
            let size = UInt64(lines[2]), let root = Base64.decode(lines[3]).flatMap({ Bytes32($0) })
        else { return nil }
        self.init(log: log, head: TreeHead(size: size, root: root))
        guard encoded == bytes else { return nil }
    }
}
