package import LibSodium

/// What a secret in a key directory is for; one key serves one purpose.
package enum KeyPurpose: String, Sendable, Hashable, CaseIterable {
    /// Evaluates token requests and verifies tokens: a ristretto255 scalar of 32 bytes.
    case token
    /// Signs heads of the revocation list: an Ed25519 seed of 32 bytes.
    case revocationHead = "revocation-head"
    /// Signs the keys delivered to clearing servers: an Ed25519 seed of 32 bytes.
    case keyDelivery = "key-delivery"
    /// Signs checkpoints of the key log: an Ed25519 seed of 32 bytes.
    case keyLog = "key-log"
    /// Signs checkpoints of the log of the revocation list's heads: an Ed25519 seed of 32 bytes.
    case revocationLog = "revocation-log"
}

/// The name of one secret in a key directory: what it is for, and the 32-byte id of its public key.
package struct KeyFileName: Sendable, Hashable {
    /// What the secret is for.
    package let purpose: KeyPurpose
    /// The key id, 32 bytes.
    package let id: Bytes32

    /// The name of the secret with this id.
    package init(_ purpose: KeyPurpose, id: Bytes32) {
        self.purpose = purpose
        self.id = id
    }

    /// The file's name: 64 lower-case hexadecimal digits, a dot, the purpose.
    package var fileName: String { Hex.encode(id.bytes) + "." + purpose.rawValue }

    /// The name that a file's name stands for, or `nil` for files that hold no secret of this program.
    package init?(fileName: String) {
        let parts = fileName.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let bytes = Hex.decode(parts[0]), let id = Bytes32(bytes),
            let purpose = KeyPurpose(rawValue: String(parts[1]))
        else { return nil }
        self.init(purpose, id: id)
    }
}

/// Lower-case hexadecimal, the only form that file names and `wrapping.json` have.
enum Hex {
    private static let digits = [UInt8]("0123456789abcdef".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let values = text.utf8.map { digits.firstIndex(of: $0) }
        guard values.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: values.count, by: 2) {
            guard let high = values[index], let low = values[index + 1] else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }
}
