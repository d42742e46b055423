import BlindRSA
import Issuance
import LibSodium
import PrivacyPass

/// The secret of a key out of a file.
enum ImportedSecret {
    /// Reads the secret of a key from the file at a path or from standard input for `-`: for the VOPRF types the bytes
    /// of a scalar, or twice as many hexadecimal digits with white space around them, for blind RSA a PEM text. Throws
    /// ``CommandFailure``.
    static func read(_ path: String, _ tokenType: TokenType) throws -> IssuerSecret {
        switch tokenType.scheme?.secretForm {
        case .rsaPEM: try pem(path, tokenType)
        case .scalar(let count, let group, let order): try scalar(path, tokenType, count: count, of: group, order)
        case nil: throw CommandFailure("keys of type \(tokenType) cannot be imported")
        }
    }

    private static func pem(_ path: String, _ tokenType: TokenType) throws -> IssuerSecret {
        var bytes = try BoundedInput.read(path, limit: 8_192)
        defer { SecretBytes.wipe(&bytes) }
        do {
            let key = try BlindRSAPrivateKey(pem: String(decoding: bytes, as: UTF8.self))
            return try IssuerSecret(tokenType, decoding: key.encoded())
        } catch {
            throw CommandFailure(
                "\(path) holds no RSA key of 2048 bits with the exponent 65537",
                hint: "make one as PEM: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048")
        }
    }

    private static func scalar(
        _ path: String, _ tokenType: TokenType, count: Int, of group: String, _ order: String
    ) throws -> IssuerSecret {
        var bytes = try BoundedInput.read(path, limit: 256)
        defer { SecretBytes.wipe(&bytes) }
        if bytes.count != count {
            var digits = bytes.filter { !Self.isSpace($0) }
            defer { SecretBytes.wipe(&digits) }
            let isHexadecimal = digits.count == 2 * count
            var decoded = isHexadecimal ? Hexadecimal.decode(String(decoding: digits, as: UTF8.self)) ?? [] : []
            swap(&bytes, &decoded)
            SecretBytes.wipe(&decoded)
        }
        guard bytes.count == count else {
            throw CommandFailure(
                "\(path) holds no secret of a key", hint: "it has \(count) bytes, or \(2 * count) hexadecimal digits")
        }
        do {
            return try IssuerSecret(tokenType, decoding: SecretBytes(copying: bytes))
        } catch {
            throw CommandFailure(
                "the number in \(path) is no scalar of \(group): it is zero, or not below the group order",
                hint: "it is \(order), as RFC 9497 writes scalars")
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        [UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t")].contains(byte)
    }
}
