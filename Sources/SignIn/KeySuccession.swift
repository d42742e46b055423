public import LibSodium
internal import PrivacyPass

/// A statement that one service's key of a person is replaced by another, signed with both.
///
/// `old key (32) ‖ new key (32) ‖ signature by the old (64) ‖ signature by the new (64)`. The new key signs too, so
/// that nobody can have another's key stand in for theirs.
public struct KeySuccession: Sendable, Hashable {
    /// The key that was used until now.
    public let oldKey: Ed25519.PublicKey
    /// The key that takes its place.
    public let newKey: Ed25519.PublicKey
    private let oldSignature: Bytes64
    private let newSignature: Bytes64

    /// The number of bytes: 192.
    static let count = 2 * Bytes32.count + 2 * Bytes64.count

    /// A statement for one service.
    public init(
        from oldKey: borrowing Ed25519.PrivateKey, to newKey: borrowing Ed25519.PrivateKey, audience: Audience
    ) {
        let message = Self.message(oldKey.publicKey, newKey.publicKey, audience)
        self.oldKey = oldKey.publicKey
        self.newKey = newKey.publicKey
        oldSignature = oldKey.signature(for: message)
        newSignature = newKey.signature(for: message)
    }

    init(reading reader: inout ByteReader) throws(MessageError) {
        oldKey = Ed25519.PublicKey(try reader.bytes32())
        newKey = Ed25519.PublicKey(try reader.bytes32())
        guard let old = Bytes64(try reader.take(Bytes64.count)), let new = Bytes64(try reader.take(Bytes64.count))
        else { throw .truncated }
        oldSignature = old
        newSignature = new
    }

    func append(to writer: inout ByteWriter) {
        writer.append(oldKey.encoded)
        writer.append(newKey.encoded)
        writer.append(oldSignature)
        writer.append(newSignature)
    }

    /// Whether both keys signed it for this service, and are not the same. Variable-time.
    func isValid(for audience: Audience) -> Bool {
        let message = Self.message(oldKey, newKey, audience)
        return oldKey != newKey && oldKey.isValidSignature(oldSignature, for: message)
            && newKey.isValidSignature(newSignature, for: message)
    }

    private static func message(
        _ old: Ed25519.PublicKey, _ new: Ed25519.PublicKey, _ audience: Audience
    ) -> [UInt8] {
        var writer = ByteWriter(capacity: 384)
        writer.append(prefixed: "portes key succession v1")
        writer.append(prefixed: audience.text)
        writer.append(old.encoded)
        writer.append(new.encoded)
        return writer.bytes
    }
}
