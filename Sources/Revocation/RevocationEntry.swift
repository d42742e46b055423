public import KeySchedule
public import LibSodium
public import PrivacyPass

/// One entry of the published revocation list.
///
/// Entries are numbered from 1 and never change. What is revoked stays so. An entry's presence decides, and its date is
/// only for people to read, but for a capability: that is revoked from the entry's date on.
public struct RevocationEntry: Sendable, Hashable {
    /// What an entry revokes.
    ///
    /// Vouchers and accounts are not among them, nor apps: who refuses those needs no list that all can read.
    public enum Subject: Sendable, Hashable {
        /// Every token of a key.
        case key(TokenKeyID)
        /// One token.
        case token(Nullifier, TokenKeyID)
        /// Every token of a capability, whatever its key, from the entry's date on.
        case capability(Capability)
        /// The trust in a server that verifies tokens: it must stop.
        case verifier(VerifierID)
    }

    /// The place in the list, from 1.
    public let sequence: UInt64
    /// What is revoked.
    public let subject: Subject
    /// Why.
    public let reason: RevocationReason
    /// Since when, or for a capability from when: the beginning of a UTC day, 1970 or later.
    public let effective: UnixTime

    /// The last day that an entry can name, counted from 1970-01-01.
    private static let lastDay = Int64(UInt32.max)
    private static let secondsPerDay: Int64 = 86_400

    /// An entry from its parts; the date is rounded down to the day, and one before 1970 counts as 1970-01-01.
    public init(sequence: UInt64, subject: Subject, reason: RevocationReason, effective: UnixTime) {
        let day = min(max(effective.seconds, 0) / Self.secondsPerDay, Self.lastDay)
        self.init(sequence: sequence, subject: subject, reason: reason, day: UInt32(day))
    }

    init(sequence: UInt64, subject: Subject, reason: RevocationReason, day: UInt32) {
        self.sequence = sequence
        self.subject = subject
        self.reason = reason
        effective = UnixTime(seconds: Int64(day) * Self.secondsPerDay)
    }

    /// The number of days from 1970-01-01 to ``effective``.
    var day: UInt32 { UInt32(effective.seconds / Self.secondsPerDay) }

    /// Decodes the exact bytes of an entry.
    public init(decoding bytes: [UInt8]) throws(MessageError) {
        var reader = ByteReader(bytes)
        let sequence = try reader.uint64()
        let subject: Subject
        switch try reader.uint8() {
        case Kind.key: subject = .key(TokenKeyID(try reader.bytes32()))
        case Kind.token:
            let keyID = TokenKeyID(try reader.bytes32())
            subject = .token(try reader.nullifier(), keyID)
        case Kind.capability: subject = .capability(try reader.capability())
        case Kind.verifier: subject = .verifier(VerifierID(try reader.bytes32()))
        default: throw .invalidEncoding
        }
        let reason = try reader.revocationReason()
        let seconds = try reader.uint64()
        try reader.finish()
        guard seconds % UInt64(Self.secondsPerDay) == 0,
            let day = UInt32(exactly: seconds / UInt64(Self.secondsPerDay))
        else { throw .invalidEncoding }
        self.init(sequence: sequence, subject: subject, reason: reason, day: day)
    }

    /// `sequence (8) ‖ kind (1) ‖ subject ‖ reason (1) ‖ UNIX seconds (8)`, big-endian: 50 bytes for a key and a
    /// verifier, 66 for a token, 20 to 82 for a capability.
    ///
    /// The subject is a key id (32), a key id and a nullifier (32 + 16), the length of a name and the name (1 + 1 to
    /// 63), or a verifier id (32).
    public var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 82)
        encode(into: &writer)
        return writer.bytes
    }

    private func encode(into writer: inout ByteWriter) {
        writer.append(sequence)
        switch subject {
        case .key(let keyID):
            writer.append(Kind.key)
            writer.append(keyID.bytes)
        case .token(let nullifier, let keyID):
            writer.append(Kind.token)
            writer.append(keyID.bytes)
            writer.append(nullifier.high)
            writer.append(nullifier.low)
        case .capability(let capability):
            writer.append(Kind.capability)
            writer.append(capability)
        case .verifier(let id):
            writer.append(Kind.verifier)
            writer.append(id.bytes)
        }
        writer.append(reason.rawValue)
        writer.append(UInt64(bitPattern: effective.seconds))
    }

    /// The root of the list that ends with this entry: SHA-256 over a label, the root before it and the entry.
    public func root(after previous: Bytes32) -> Bytes32 {
        var writer = ByteWriter(capacity: Self.rootLabel.count + Bytes32.count + 82)
        writer.append(Self.rootLabel)
        writer.append(previous)
        encode(into: &writer)
        return SHA256.hash(writer.bytes)
    }

    private static let rootLabel = Array("portes revocation entry v1\n".utf8)

    /// The root of the empty list: 32 zero bytes.
    public static let emptyRoot = Bytes32.zero

    /// The bytes that tell what an entry revokes.
    enum Kind {
        static let key: UInt8 = 1
        static let token: UInt8 = 2
        static let capability: UInt8 = 3
        static let verifier: UInt8 = 4
    }
}

extension ByteReader {
    /// The next 16 bytes.
    mutating func nullifier() throws(MessageError) -> Nullifier {
        let high = try uint64()
        return Nullifier(high: high, low: try uint64())
    }

    /// The next reason, one byte.
    mutating func revocationReason() throws(MessageError) -> RevocationReason {
        guard let reason = RevocationReason(rawValue: try uint8()) else { throw .invalidEncoding }
        return reason
    }

    /// The next name of a capability, after one byte with its length.
    mutating func capability() throws(MessageError) -> Capability {
        let name = try take(Int(uint8()))
        guard let capability = Capability(String(decoding: name, as: UTF8.self)) else { throw .invalidEncoding }
        return capability
    }
}

extension ByteWriter {
    /// Appends the name of a capability, after one byte with its length.
    mutating func append(_ capability: Capability) {
        append(UInt8(truncatingIfNeeded: capability.name.utf8.count))
        append(capability.name.utf8)
    }
}
