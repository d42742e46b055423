internal import LibSodium
internal import PrivacyPass

/// Bytes that are the same for everybody who asks, with the digest that names them.
package struct Publication: Sendable, Hashable {
    /// The bytes.
    package let bytes: [UInt8]
    /// Their SHA-256 digest, 64 hexadecimal digits.
    package let digest: String

    /// The publication of these bytes.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        digest = Hexadecimal.encode(SHA256.hash(bytes).bytes)
    }
}
