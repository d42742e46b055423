public import KeySchedule
public import LibSodium
public import PrivacyPass

/// One entry of the published revocation list.
///
/// Entries are numbered from 1 and never change. What is revoked stays so: an entry's presence decides, its date is
/// only for people to read.
public struct RevocationEntry: Sendable, Hashable {
    /// What an entry revokes.
    public enum Subject: Sendable, Hashable {
        /// Every token of a key.
        case key(TokenKeyID)
        /// One token.
        case token(Nullifier, TokenKeyID)
    }

    /// The place in the list, from 1.
    public let sequence: UInt64
    /// What is revoked.
    public let subject: Subject
    /// Why.
    public let reason: RevocationReason
    /// Since when, to the day.
    public let effective: UnixTime

    /// An entry from its parts; the date is rounded down to the day.
    public init(sequence: UInt64, subject: Subject, reason: RevocationReason, effective: UnixTime) {
        self.sequence = sequence
        self.subject = subject
        self.reason = reason
        self.effective = effective.startOfDay
    }

    /// Decodes the exact bytes of an entry.
    public init(decoding bytes: [UInt8]) throws(MessageError) {
        var reader = ByteReader(bytes)
        sequence = try reader.uint64()
        let kind = try reader.uint8()
        let keyID = TokenKeyID(try reader.bytes32())
        switch kind {
        case 1: subject = .key(keyID)
        case 2:
            guard let nullifier = Nullifier(try reader.take(Nullifier.count)) else { throw .truncated }
            subject = .token(nullifier, keyID)
        default: throw .invalidEncoding
        }
        guard let reason = RevocationReason(rawValue: try reader.uint8()) else { throw .invalidEncoding }
        self.reason = reason
        effective = UnixTime(seconds: Int64(bitPattern: try reader.uint64()))
        try reader.finish()
        guard effective == effective.startOfDay else { throw .invalidEncoding }
    }

    /// `sequence (8) ‖ kind (1) ‖ key id (32) ‖ nullifier (16, for a token) ‖ reason (1) ‖ UNIX seconds (8)`,
    /// big-endian: 50 or 66 bytes.
    public var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 66)
        writer.append(sequence)
        switch subject {
        case .key(let keyID):
            writer.append(1 as UInt8)
            writer.append(keyID.bytes)
        case .token(let nullifier, let keyID):
            writer.append(2 as UInt8)
            writer.append(keyID.bytes)
            writer.append(nullifier.bytes)
        }
        writer.append(reason.rawValue)
        writer.append(UInt64(bitPattern: effective.seconds))
        return writer.bytes
    }

    /// The root of the list that ends with this entry: SHA-256 over a label, the root before it and the entry.
    public func root(after previous: Bytes32) -> Bytes32 {
        SHA256.hash(Array("portes revocation entry v1\n".utf8) + previous.bytes + encoded)
    }

    /// The root of the empty list: 32 zero bytes.
    public static let emptyRoot = Bytes32.zero
}
