import BlindRSA
import Crypto
import CryptoExtras
import Foundation
import LibSodium
import TestSupport
import Testing

/// The one encoding of a public key, and of a private one.
struct KeyEncodingTests {
    private static let key = Result { try BlindRSAPrivateKey() }

    private static func der(_ tag: UInt8, _ contents: [UInt8]...) -> [UInt8] {
        let content = contents.flatMap { $0 }
        let count = content.count
        let length: [UInt8] =
            count < 128
            ? [UInt8(count)] : count < 256 ? [0x81, UInt8(count)] : [0x82, UInt8(count >> 8), UInt8(count & 0xff)]
        return [tag] + length + content
    }

    private static func hash(_ last: UInt8, null: Bool = false) -> [UInt8] {
        let oid = der(6, [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, last])
        return null ? der(0x30, oid, [5, 0]) : der(0x30, oid)
    }

    private static func key(_ modulus: [UInt8], _ exponent: [UInt8]) -> [UInt8] {
        der(3, [0], der(0x30, der(2, modulus), der(2, exponent)))
    }

    private static let rsa: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01]
    private static let sha256: UInt8 = 1
    private static let sha384: UInt8 = 2

    private static func parameters(
        hash: [UInt8] = hash(sha384), mask: [UInt8] = hash(sha384), salt: UInt8 = 48, trailer: [UInt8] = []
    ) -> [UInt8] {
        let generator = der(0x30, der(6, rsa + [8]), mask)
        return der(0x30, der(0xa0, hash), der(0xa1, generator), der(0xa2, [2, 1, salt]), trailer)
    }

    private static func pss(_ parameters: [UInt8], _ key: [UInt8]) -> [UInt8] {
        der(0x30, der(0x30, der(6, rsa + [10]), parameters), key)
    }

    @Test func everyOtherFormOfAPublicKeyIsRefused() throws {
        let encoded = try Self.key.get().publicKey.encoded
        let modulus = [0] + Array(encoded[81..<337])
        let bits = Self.key(modulus, [1, 0, 1])
        #expect(Self.pss(Self.parameters(), bits) == encoded)
        let (one, two) = (Self.sha256, Self.sha384)
        let trailer = Self.der(0xa3, [2, 1, 1])
        var forms = [
            ("SHA-384 with NULL", Self.pss(Self.parameters(hash: Self.hash(two, null: true)), bits)),
            ("MGF1's SHA-384 with NULL", Self.pss(Self.parameters(mask: Self.hash(two, null: true)), bits)),
            ("SHA-256", Self.pss(Self.parameters(hash: Self.hash(one), mask: Self.hash(one)), bits)),
            ("MGF1 with SHA-256", Self.pss(Self.parameters(mask: Self.hash(one)), bits)),
            ("no salt", Self.pss(Self.parameters(salt: 0), bits)),
            ("a salt of 32 bytes", Self.pss(Self.parameters(salt: 32), bits)),
            ("a trailer field", Self.pss(Self.parameters(trailer: trailer), bits)),
            ("no parameters", Self.pss([], bits)),
            ("rsaEncryption", Self.der(0x30, Self.der(0x30, Self.der(6, Self.rsa + [1]), [5, 0]), bits)),
            ("RSAPublicKey alone", Self.der(0x30, Self.der(2, modulus), Self.der(2, [1, 0, 1]))),
            ("an indefinite length", [0x30, 0x80] + encoded.dropFirst(4) + [0, 0]),
            ("a longer length", [0x30, 0x83, 0] + encoded.dropFirst(2)),
            ("trailing bytes", encoded + [0, 0]),
        ]
        for exponent: [UInt8] in [[3], [17], [1, 0, 3], [1], [0, 0xff, 0xff, 0xff, 0xfd]] {
            forms.append(("the exponent \(exponent)", Self.pss(Self.parameters(), Self.key(modulus, exponent))))
        }
        // 1024, 2047, 2049, 3072 and 4096 bits, a negative modulus, and one with zeros in front.
        let tail = Array(encoded[82..<337])
        let others: [[UInt8]] = [
            Array(modulus.prefix(128)) + [1], [0x7f] + tail, [1] + modulus.dropFirst(), [0, 0x80] + tail + tail.prefix(129),
            [0, 0x80] + tail + tail + [1], Array(modulus.dropFirst()), [0] + modulus,
        ]
        for other in others {
            forms.append(("a modulus of \(other.count) bytes", Self.pss(Self.parameters(), Self.key(other, [1, 0, 1]))))
        }
        for (name, bytes) in forms {
            #expect(throws: BlindRSAError.invalidPublicKey, "\(name)") { try BlindRSAPublicKey(decoding: bytes) }
        }
    }

    @Test func whatCanBeSignedIsKnownBeforehand() throws {
        let key = try Self.key.get()
        let modulus = Array(key.publicKey.encoded[81..<337])
        let zero = [UInt8](repeating: 0, count: 256)
        let less = Array(modulus.dropLast()) + [modulus[255] - 1]
        let more = Array(modulus.dropLast()) + [modulus[255] | 2]
        let samples: [[UInt8]] = [
            [], zero, Array(zero.dropLast()) + [1], zero + [0], Array(zero.dropLast()), less, modulus, more,
            [UInt8](repeating: 0xff, count: 256),
        ]
        for bytes in samples {
            #expect(key.publicKey.isBlindedMessage(bytes) == ((try? key.sign(blinded: bytes)) != nil))
        }
        #expect(key.publicKey.isBlindedMessage(less) && !key.publicKey.isBlindedMessage(modulus))
    }

    private static func bytes(_ key: BlindRSAPrivateKey) -> [UInt8] { key.encoded().withUnsafeBytes { Array($0) } }

    private static func decode(_ bytes: [UInt8]) throws -> BlindRSAPrivateKey {
        try BlindRSAPrivateKey(decoding: SecretBytes(copying: bytes))
    }

    @Test func aPrivateKeyHasOneEncoding() throws {
        let key = try Self.key.get()
        let encoded = Self.bytes(key)
        let again = try Self.decode(encoded)
        #expect(again.publicKey == key.publicKey && Self.bytes(again) == encoded)
        let message = try key.publicKey.blind([1])
        #expect(try again.sign(blinded: message.bytes) == key.sign(blinded: message.bytes))
        let pem = try _RSA.BlindSigning.PrivateKey(derRepresentation: encoded, parameters: .RSABSSA_SHA384_PSS_Deterministic)
            .pkcs8PEMRepresentation
        let pkcs8 = try #require(Data(base64Encoded: pem.split(separator: "\n").dropFirst().dropLast().joined()))
        // The library takes it.
        _ = try _RSA.BlindSigning.PrivateKey<SHA384>(derRepresentation: pkcs8)
        for (name, bytes) in [
            ("PKCS #8", Array(pkcs8)), ("nothing", []), ("trailing bytes", encoded + [0]),
            ("a longer length", [0x30, 0x83, 0] + encoded.dropFirst(2)),
            ("an indefinite length", [0x30, 0x80] + encoded.dropFirst(4) + [0, 0]),
            ("too many bytes", encoded + [UInt8](repeating: 0, count: 2048)), ("a public key", key.publicKey.encoded),
        ] {
            #expect(throws: BlindRSAError.invalidPrivateKey, "\(name)") { try Self.decode(bytes) }
        }
        for size in [_RSA.Signing.KeySize.bits3072] {
            let other = try _RSA.BlindSigning.PrivateKey(keySize: size, parameters: .RSABSSA_SHA384_PSS_Deterministic)
            #expect(throws: BlindRSAError.invalidPrivateKey) { try Self.decode(Array(other.derRepresentation)) }
        }
    }

    /// A damaged key is refused, or signs nothing that does not hold under the public key it says it has.
    @Test func aDamagedPrivateKeyIsRefusedOrSignsNothingWrong() throws {
        let key = try Self.key.get()
        let encoded = Self.bytes(key)
        for length in Array(0..<16) + stride(from: 16, to: encoded.count, by: 97) {
            #expect(throws: BlindRSAError.invalidPrivateKey) { try Self.decode(Array(encoded.prefix(length))) }
        }
        for bit in Array(0..<(16 * 8)) + stride(from: 16 * 8, to: encoded.count * 8, by: 29) {
            var copy = encoded
            copy[bit / 8] ^= 1 << UInt8(bit % 8)
            guard let other = try? Self.decode(copy) else { continue }
            let message = try other.publicKey.blind([1])
            guard let answer = try? other.sign(blinded: message.bytes) else { continue }
            let signature = try message.finalize(answer)
            #expect(try BlindRSAVerification(other.publicKey).isValid(signature, for: [1]), "bit \(bit)")
        }
    }
}
