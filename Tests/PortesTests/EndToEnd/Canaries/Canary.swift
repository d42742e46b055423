import Crypto
import Foundation
import LibSodium
import PrivacyPass

/// Something about a person that must never be kept, in every form in which a file could have it.
struct Canary {
    let value: String

    static let all = [
        "Wilhelmina Quellwasser", "Zoë Ångström-Okonkwo", "wilhelmina.quellwasser@canary.example",
        "4929 0000 1234 5678", "4929000012345678", "+49 30 901820 4711", "Kanarienvogelweg 17, 10115 Berlin",
        "1987-03-14", "203.0.113.77", CanaryConnection.address, "2001:db8:cafe:77::1",
        "CanaryBrowser/7.7 (Quellwasser)", "canary-session-58c1e0", "https://canary.example/from/quellwasser",
    ].map(Canary.init)

    /// Bytes, and what they are.
    struct Trace {
        let form: String
        let bytes: [UInt8]
    }

    /// What is looked for: the value, and each hash of it that takes no key.
    var traces: [Trace] { plain + hashed }

    private var plain: [Trace] {
        let utf8 = Array(value.utf8)
        let texts = [
            ("as it is", value), ("lower case", value.lowercased()), ("upper case", value.uppercased()),
            ("percent-encoded", value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? value),
            ("in a query", Self.queryEncoded(value)), ("hexadecimal", Hexadecimal.encode(utf8)),
            ("hexadecimal", Hexadecimal.encode(utf8).uppercased()),
        ]
        let wide = Trace(form: "UTF-16", bytes: value.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] })
        return texts.map { Trace(form: $0.0, bytes: Array($0.1.utf8)) } + [wide] + (0..<3).flatMap { base64(utf8, after: $0) }
    }

    /// The middle of the base64 of any text that has the value behind so many bytes, modulo three.
    private func base64(_ bytes: [UInt8], after offset: Int) -> [Trace] {
        let text = Base64URL.encode([UInt8](repeating: 0, count: offset) + bytes, padded: false)
        let core = text.dropFirst(offset == 0 ? 0 : offset + 1).dropLast(2)
        return Self.alphabets(String(core)).map { Trace(form: "base64", bytes: Array($0.utf8)) }
    }

    /// Half a hash is enough to know it by: many are stored cut off.
    private var hashed: [Trace] {
        let inputs = Set([
            value, value.lowercased(), value + "\n", value.filter { $0.isLetter || $0.isNumber },
            value.lowercased().filter { $0.isLetter || $0.isNumber },
        ])
        return inputs.flatMap { input in Self.hashes(Array(input.utf8)).flatMap(Self.traces) }
    }

    private static func hashes(_ input: [UInt8]) -> [(name: String, digest: [UInt8])] {
        [
            ("SHA-256", Array(Crypto.SHA256.hash(data: input))), ("SHA-512", Array(Crypto.SHA512.hash(data: input))),
            ("SHA-1", Array(Insecure.SHA1.hash(data: input))), ("MD5", Array(Insecure.MD5.hash(data: input))),
            ("BLAKE2b", KeyedBLAKE2b.hash(input).bytes),
        ]
    }

    private static func traces(_ name: String, _ digest: [UInt8]) -> [Trace] {
        let half = Array(digest.prefix(16))
        let hexadecimal = Hexadecimal.encode(half)
        let base64 = alphabets(String(Base64URL.encode(digest, padded: false).prefix(20)))
        return [Trace(form: name, bytes: half)]
            + ([hexadecimal, hexadecimal.uppercased()] + base64).map { Trace(form: name, bytes: Array($0.utf8)) }
    }

    /// A text of base64url in both alphabets.
    private static func alphabets(_ text: String) -> Set<String> {
        [text, text.replacing("-", with: "+").replacing("_", with: "/")]
    }

    /// The value as it stands in a query string.
    static func queryEncoded(_ value: String) -> String {
        value.addingPercentEncoding(withAllowedCharacters: .urlHostAllowed.subtracting(["&", "+", "=", ";"])) ?? value
    }
}
