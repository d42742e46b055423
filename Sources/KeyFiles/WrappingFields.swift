import Foundation
import LibSodium

/// The members of `wrapping.json`, which is JSON with one object and a newline at its end.
///
/// The member `digest` is BLAKE2b over all others and tells damage from a wrong passphrase: over `name=value` and a
/// newline for each, sorted by name. So a file of a later version is told from a damaged one, whatever it has besides.
struct WrappingFields {
    /// A member's value.
    enum Value: Codable {
        case number(Int64)
        case text(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int64.self) {
                self = .number(number)
            } else {
                self = .text(try container.decode(String.self))
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .number(let number): try container.encode(number)
            case .text(let text): try container.encode(text)
            }
        }

        var words: String {
            switch self {
            case .number(let number): String(number)
            case .text(let text): text
            }
        }
    }

    private static let digestName = "digest"
    private let values: [String: Value]

    /// Members other than the digest.
    init(_ values: [String: Value]) { self.values = values }

    /// The members of a file whose digest is right, or `nil`.
    init?(decoding bytes: [UInt8]) {
        guard var values = try? JSONDecoder().decode([String: Value].self, from: Data(bytes)),
            case .text(let digest)? = values.removeValue(forKey: Self.digestName)
        else { return nil }
        self.values = values
        guard digest == expectedDigest else { return nil }
    }

    /// The file's bytes: members sorted by name, with the digest.
    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        var all = values
        all[Self.digestName] = .text(expectedDigest)
        return try Array(encoder.encode(all)) + [UInt8(ascii: "\n")]
    }

    func number(_ name: String) -> Int64? {
        guard case .number(let number)? = values[name] else { return nil }
        return number
    }

    func text(_ name: String) -> String? {
        guard case .text(let text)? = values[name] else { return nil }
        return text
    }

    /// Bytes that are written as lower-case hexadecimal.
    func bytes(_ name: String) -> [UInt8]? { text(name).flatMap { Hex.decode($0) } }

    private var expectedDigest: String {
        let text =
            number("version") == 1
            // Version 1 named its members in an order of its own.
            ? ["version", "algorithm", "passes", "memoryKiB", "salt", "check"].map { values[$0]?.words ?? "" }
                .joined(separator: " ")
            : values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.words)\n" }.joined()
        return Hex.encode(KeyedBLAKE2b.hash([UInt8](text.utf8)).bytes)
    }
}
