internal import KeySchedule
internal import PrivacyPass
internal import Revocation

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension LogEntry {
    /// The most bytes an entry may have.
    public static let maximumCount = 4096

    /// The entry's bytes, those of the log's leaf: JSON with sorted names and without white space.
    public var encoded: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Encoding strings and integers cannot fail.
        return (try? encoder.encode(Fields(self))).map { Array($0) } ?? []
    }

    /// Decodes an entry, which must be written exactly as ``encoded`` writes it; throws ``NoteError/malformed``.
    public init(decoding bytes: [UInt8]) throws(NoteError) {
        guard bytes.count <= Self.maximumCount else { throw .tooLarge }
        guard let fields = try? JSONDecoder().decode(Fields.self, from: Data(bytes)), let entry = fields.entry,
            entry.encoded == bytes
        else { throw .malformed }
        self = entry
    }

    private struct Fields: Codable {
        var at: Int64
        var event: String
        var terms: Terms?
        var key: KeyRecord?
        var keyID: String?
        var reason: String?
        var issued: UInt64?
        var redeemed: UInt64?
        var statement: String?
        var capability: Capability?
        var from: Int64?

        enum CodingKeys: String, CodingKey {
            case at, event, terms, key, reason, issued, redeemed, statement, capability, from
            case keyID = "key-id"
        }

        init(_ entry: LogEntry) {
            at = entry.time.seconds
            switch entry.event {
            case .terms(let terms): (event, self.terms) = ("terms", Terms(terms))
            case .announced(let record): (event, key) = ("announced", record)
            case .rescheduled(let record): (event, key) = ("rescheduled", record)
            case .revoked(let id, let reason): (event, keyID, self.reason) = ("revoked", id.hexadecimal, reason.name)
            case .ended(let id, let issued): (event, keyID, self.issued) = ("ended", id.hexadecimal, issued)
            case .redeemed(let id, let count, let statement):
                (event, keyID, redeemed, self.statement) = ("redeemed", id.hexadecimal, count, statement)
            case .capabilityRevoked(let capability, let day, let reason):
                (event, self.capability, from, self.reason) = (
                    "capability-revoked", capability, day.seconds, reason.name
                )
            }
        }

        var entry: LogEntry? { found.map { LogEntry(time: UnixTime(seconds: at), event: $0) } }

        // What a kind of event has no use for makes the bytes differ from the encoding, which is checked after this.
        private var found: KeyEvent? {
            let id = keyID.flatMap { TokenKeyID(hexadecimal: $0) }
            switch event {
            case "terms": return terms?.value.map { .terms($0) }
            case "announced": return key.map { .announced($0) }
            case "rescheduled": return key.map { .rescheduled($0) }
            case "revoked":
                guard let id, let reason = reason.flatMap({ RevocationReason(name: $0) }) else { return nil }
                return .revoked(id, reason)
            case "ended":
                guard let id, let issued else { return nil }
                return .ended(id, issued: issued)
            case "redeemed":
                guard let id, let redeemed, let statement else { return nil }
                return .redeemed(id, count: redeemed, statement: statement)
            case "capability-revoked":
                guard let capability, let from, let reason = reason.flatMap({ RevocationReason(name: $0) }) else {
                    return nil
                }
                return .capabilityRevoked(capability, from: UnixTime(seconds: from), reason)
            default: return nil
            }
        }
    }

    private struct Terms: Codable {
        let capability: Capability
        let tokenType: UInt16
        let epoch: Int64
        let acceptance: Int64
        let announcement: Int64
        let development: Bool?

        enum CodingKeys: String, CodingKey {
            case capability, epoch, acceptance, announcement, development
            case tokenType = "token-type"
        }

        init(_ terms: RotationTerms) {
            capability = terms.capability
            tokenType = terms.tokenType.rawValue
            (epoch, acceptance, announcement) = (terms.epoch, terms.acceptance, terms.announcement)
            development = terms.isDevelopment ? true : nil
        }

        var value: RotationTerms? {
            RotationTerms(
                capability: capability, tokenType: TokenType(rawValue: tokenType), epoch: epoch, acceptance: acceptance,
                announcement: announcement, isDevelopment: development ?? false)
        }
    }
}
