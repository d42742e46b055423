internal import LibSodium
internal import PrivacyPass

/// Entries of the revocation list that follow one another: how they travel, and how a replica keeps them.
///
/// It carries no signature. Entries count only once they lead to a signed ``RevocationHead``.
public struct RevocationDelta: Sendable, Hashable {
    /// The number of entries before the first.
    public let after: UInt64
    /// The entries, numbered from `after + 1` without a gap.
    public let entries: [RevocationEntry]

    /// How many entries a delta holds at most.
    public static let maximumEntryCount = 10_000
    /// The largest delta that is read, in bytes; 10,000 tokens of a few keys take 240,000.
    public static let maximumEncodedCount = 1024 * 1024

    private static let version: UInt8 = 1

    /// A delta of at most ``maximumEntryCount`` entries, or `nil` unless they follow `after` without a gap.
    public init?(after: UInt64, entries: [RevocationEntry]) {
        guard entries.count <= Self.maximumEntryCount, after <= .max - UInt64(entries.count) else { return nil }
        for (number, entry) in entries.enumerated() where entry.sequence != after + UInt64(number) + 1 { return nil }
        self.after = after
        self.entries = entries
    }

    /// The number of the last entry: how long the list is with these.
    public var end: UInt64 { after + UInt64(entries.count) }

    /// `version (1) = 1 ‖ after (8) ‖ number of keys (2) ‖ key ids (32 each) ‖ number of entries (2) ‖ entries`,
    /// big-endian, with each entry as `kind (1) ‖ subject ‖ reason (1) ‖ day (4)`.
    ///
    /// A subject is the place of a key id among those above (2), for a token with its nullifier (2 + 16); the length
    /// of a capability's name and the name (1 + 1 to 63); or a verifier id (32). Key ids stand in the order in which
    /// entries first name them, and days count from 1970-01-01. There is one encoding of a delta.
    public var encoded: [UInt8] {
        var places: [TokenKeyID: UInt16] = [:]
        var keyIDs: [TokenKeyID] = []
        var body = ByteWriter(capacity: 24 * entries.count)
        func place(of id: TokenKeyID) -> UInt16 {
            if let place = places[id] { return place }
            let place = UInt16(keyIDs.count)
            places[id] = place
            keyIDs.append(id)
            return place
        }
        for entry in entries {
            switch entry.subject {
            case .key(let id):
                body.append(RevocationEntry.Kind.key)
                body.append(place(of: id))
            case .token(let nullifier, let id):
                body.append(RevocationEntry.Kind.token)
                body.append(place(of: id))
                body.append(nullifier.high)
                body.append(nullifier.low)
            case .capability(let capability):
                body.append(RevocationEntry.Kind.capability)
                body.append(capability)
            case .verifier(let id):
                body.append(RevocationEntry.Kind.verifier)
                body.append(id.bytes)
            }
            body.append(entry.reason.rawValue)
            body.append(entry.day)
        }
        var writer = ByteWriter(capacity: 13 + 32 * keyIDs.count + body.bytes.count)
        writer.append(Self.version)
        writer.append(after)
        writer.append(UInt16(keyIDs.count))
        for id in keyIDs { writer.append(id.bytes) }
        writer.append(UInt16(entries.count))
        writer.append(body.bytes)
        return writer.bytes
    }

    /// Decodes the exact bytes of a delta; throws ``RevocationError/malformed``.
    public init(decoding bytes: [UInt8]) throws(RevocationError) {
        guard bytes.count <= Self.maximumEncodedCount, let delta = try? Self.decoded(bytes) else { throw .malformed }
        self = delta
    }

    private static func decoded(_ bytes: [UInt8]) throws(MessageError) -> RevocationDelta {
        var reader = ByteReader(bytes)
        guard try reader.uint8() == version else { throw .invalidEncoding }
        let after = try reader.uint64()
        var keys = KeyTable(try keyIDs(from: &reader))
        let count = Int(try reader.uint16())
        // The shortest entry has eight bytes: nothing is reserved for entries that are not there.
        guard count <= maximumEntryCount, count <= reader.remaining / 8 else { throw .invalidEncoding }
        guard after <= .max - UInt64(count) else { throw .invalidEncoding }
        var entries: [RevocationEntry] = []
        entries.reserveCapacity(count)
        for number in 0..<count {
            let subject = try subject(from: &reader, &keys)
            let reason = try reader.revocationReason()
            entries.append(
                RevocationEntry(
                    sequence: after + UInt64(number) + 1, subject: subject, reason: reason, day: try reader.uint32()))
        }
        try reader.finish()
        guard keys.areAllUsed, let delta = RevocationDelta(after: after, entries: entries) else {
            throw .invalidEncoding
        }
        return delta
    }

    private static func keyIDs(from reader: inout ByteReader) throws(MessageError) -> [TokenKeyID] {
        let count = Int(try reader.uint16())
        guard count <= reader.remaining / Bytes32.count else { throw .truncated }
        var ids: [TokenKeyID] = []
        ids.reserveCapacity(count)
        for _ in 0..<count { ids.append(TokenKeyID(try reader.bytes32())) }
        guard Set(ids).count == count else { throw .invalidEncoding }
        return ids
    }

    private static func subject(
        from reader: inout ByteReader, _ keys: inout KeyTable
    ) throws(MessageError) -> RevocationEntry.Subject {
        switch try reader.uint8() {
        case RevocationEntry.Kind.key: return .key(try keys.id(at: reader.uint16()))
        case RevocationEntry.Kind.token:
            let id = try keys.id(at: reader.uint16())
            return .token(try reader.nullifier(), id)
        case RevocationEntry.Kind.capability: return .capability(try reader.capability())
        case RevocationEntry.Kind.verifier: return .verifier(VerifierID(try reader.bytes32()))
        default: throw .invalidEncoding
        }
    }
}

/// The key ids of a delta, which entries must name in the order in which they stand.
private struct KeyTable {
    private let ids: [TokenKeyID]
    private var used = 0

    init(_ ids: [TokenKeyID]) { self.ids = ids }

    /// The id at a place, which is one that was named before or the next.
    mutating func id(at place: UInt16) throws(MessageError) -> TokenKeyID {
        guard place <= used, place < ids.count else { throw .invalidEncoding }
        if place == used { used += 1 }
        return ids[Int(place)]
    }

    var areAllUsed: Bool { used == ids.count }
}
