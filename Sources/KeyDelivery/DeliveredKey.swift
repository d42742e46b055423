package import KeySchedule
internal import PrivacyPass

/// A key on its way to a clearing server: its public record, and its secret sealed to that server's identity.
package struct DeliveredKey: Sendable, Hashable, Codable {
    /// The public record.
    package let record: KeyRecord
    /// The private key, sealed (`SealedBox`) to the verifier's identity key: 32 + 48 bytes for type 0x0005, 48 + 48 for
    /// 0x0001, and none at all for 0x0002, whose tokens are verified with the public key.
    package let sealedSecret: [UInt8]

    private enum CodingKeys: String, CodingKey {
        case record
        case sealedSecret = "sealed"
    }

    /// A delivered key from its parts.
    package init(record: KeyRecord, sealedSecret: [UInt8]) {
        self.record = record
        self.sealedSecret = sealedSecret
    }

    /// Decodes a record and base64url.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        record = try container.decode(KeyRecord.self, forKey: .record)
        guard let sealed = Base64URL.decode(try container.decode(String.self, forKey: .sealedSecret)) else {
            throw DecodingError.dataCorruptedError(
                forKey: .sealedSecret, in: container, debugDescription: "not base64url")
        }
        sealedSecret = sealed
    }

    /// Encodes the record and base64url.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(record, forKey: .record)
        try container.encode(Base64URL.encode(sealedSecret), forKey: .sealedSecret)
    }
}
