public import LibSodium
public import PrivacyPass

/// What an issuer keeps for somebody who may lose a device: how the requests were made that drew tokens under one key,
/// sealed so that only the person's secret opens it.
///
/// `lookup (32) ‖ key id (32) ‖ sealed (1 to 1,024)`. The lookup follows from the secret and the key alone, so that it
/// can be asked for with nothing but the recovery code, and says nothing to anybody else. Several records, of devices
/// or challenges, may have one lookup.
public struct RecoveryRecord: Sendable, Hashable {
    /// The name under which it is asked for.
    public let lookup: Lookup
    /// The key under which tokens were drawn. The record is kept until that key's tokens are accepted no more.
    public let keyID: TokenKeyID
    /// What only the person can read.
    public let sealed: [UInt8]

    /// The most bytes that are sealed: 1,024.
    public static let maximumSealedCount = 1_024
    /// The most records of one lookup: 64.
    public static let maximumRecords = 64
    /// The path at which issuers take and give records.
    public static let path = "/recovery-records"
    /// The path at which issuers answer token requests again that were charged before.
    public static let requestPath = "/token-request/recovery"
    /// The media type of a record, and of several.
    public static let mediaType = "application/vnd.portes.recovery-record"
    /// The most bytes that an encoded record has: 1,088.
    public static let maximumEncodedCount = 2 * Bytes32.count + maximumSealedCount

    /// A name that cannot be guessed: 32 bytes, which follow from a person's secret and the key.
    public struct Lookup: Sendable, Hashable {
        /// The 32 bytes.
        public let bytes: Bytes32

        /// The name of these bytes.
        public init(_ bytes: Bytes32) { self.bytes = bytes }

        /// The name in a text of 64 hexadecimal digits, or `nil`.
        public init?(text: some StringProtocol) {
            guard let bytes = Hexadecimal.decode(text).flatMap({ Bytes32($0) }) else { return nil }
            self.bytes = bytes
        }

        /// The bytes as 64 hexadecimal digits.
        public var text: String { Hexadecimal.encode(bytes.bytes) }
    }

    /// A record, or `nil` unless 1 to 1,024 bytes are sealed.
    public init?(lookup: Lookup, keyID: TokenKeyID, sealed: [UInt8]) {
        guard (1...Self.maximumSealedCount).contains(sealed.count) else { return nil }
        self.lookup = lookup
        self.keyID = keyID
        self.sealed = sealed
    }

    /// Decodes exactly one record; throws ``MessageError`` for anything else.
    public init(decoding bytes: [UInt8]) throws(MessageError) {
        var reader = ByteReader(bytes)
        let (lookup, keyID) = (try reader.bytes32(), try reader.bytes32())
        guard let record = RecoveryRecord(
            lookup: Lookup(lookup), keyID: TokenKeyID(keyID), sealed: Array(try reader.take(reader.remaining)))
        else { throw .invalidLength }
        self = record
    }

    /// The encoding.
    public var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 2 * Bytes32.count + sealed.count)
        writer.append(lookup.bytes)
        writer.append(keyID.bytes)
        writer.append(sealed)
        return writer.bytes
    }

    /// What several records of one lookup seal, as it is answered: each with two bytes of length, big-endian, in front.
    public static func encode(_ sealed: [[UInt8]]) -> [UInt8] {
        var writer = ByteWriter()
        for bytes in sealed {
            writer.append(UInt16(truncatingIfNeeded: bytes.count))
            writer.append(bytes)
        }
        return writer.bytes
    }

    /// What ``encode(_:)`` wrote; throws ``MessageError`` for anything else, or for more than 64.
    public static func decode(_ bytes: [UInt8]) throws(MessageError) -> [[UInt8]] {
        var reader = ByteReader(bytes)
        var sealed: [[UInt8]] = []
        while reader.remaining > 0 {
            let count = Int(try reader.uint16())
            guard (1...maximumSealedCount).contains(count), sealed.count < maximumRecords else { throw .invalidLength }
            sealed.append(Array(try reader.take(count)))
        }
        return sealed
    }
}
