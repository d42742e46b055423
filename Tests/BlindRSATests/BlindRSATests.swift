import BlindRSA
import Foundation
import LibSodium
import PrivacyPass
import Testing

/// Token type 0x0002's signatures: RFC 9578's vectors, and what must be refused.
struct BlindRSATests {
    struct Vector: Decodable {
        let skS: String
        let pkS: String
        let tokenRequest: String
        let tokenResponse: String
        let token: String

        enum CodingKeys: String, CodingKey {
            case skS, pkS, token
            case tokenRequest = "token_request"
            case tokenResponse = "token_response"
        }
    }

    private static func vectors() throws -> [Vector] {
        let file = try #require(
            Bundle.module.url(forResource: "Vectors/rfc9578_type2_blindrsa2048", withExtension: "json"))
        return try JSONDecoder().decode([Vector].self, from: Data(contentsOf: file))
    }

    private static func bytes(_ hex: String) throws -> [UInt8] { try #require(Hexadecimal.decode(hex)) }

    /// One key for all tests that need any: making one takes a while.
    private static let key = Result { try BlindRSAPrivateKey() }

    @Test func theVectorsOfTheRFCHold() throws {
        let vectors = try Self.vectors()
        #expect(vectors.count == 5)
        for vector in vectors {
            let publicKey = try BlindRSAPublicKey(decoding: Self.bytes(vector.pkS))
            let privateKey = try BlindRSAPrivateKey(pem: String(decoding: Self.bytes(vector.skS), as: UTF8.self))
            #expect(try privateKey.publicKey == publicKey && publicKey.encoded == Self.bytes(vector.pkS))
            // Type, truncated id, blinded message; signing has no choices.
            let (request, token) = try (Self.bytes(vector.tokenRequest), Self.bytes(vector.token))
            #expect(request.count == 259 && request[..<2] == [0, 2])
            #expect(request[2] == SHA256.hash(publicKey.encoded).bytes.last)
            #expect(try privateKey.sign(blinded: Array(request[3...])) == Self.bytes(vector.tokenResponse))
            #expect(token.count == 354)
            #expect(try BlindRSAVerification(publicKey).isValid(Array(token[98...]), for: Array(token[..<98])))
        }
    }

    @Test func whatIsBlindedAndSignedBecomesASignature() throws {
        let key = try Self.key.get()
        let message = Randomness.bytes(98)
        let first = try key.publicKey.blind(message)
        let second = try key.publicKey.blind(message)
        #expect(first.bytes.count == 256 && first.bytes != second.bytes)
        let answer = try key.sign(blinded: first.bytes)
        let signature = try first.finalize(answer)
        #expect(try BlindRSAVerification(key.publicKey).isValid(signature, for: message))
        #expect(try !BlindRSAVerification(key.publicKey).isValid(signature, for: message + [0]))
        for bit in stride(from: 0, to: 256 * 8, by: 41) {
            var other = signature
            other[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(try !BlindRSAVerification(key.publicKey).isValid(other, for: message))
        }
        for count in [0, 255, 257] { #expect(try !BlindRSAVerification(key.publicKey).isValid([UInt8](repeating: 1, count: count), for: message)) }
        // The answer to another request, and one of another length.
        let third = try key.publicKey.blind(message)
        #expect(Self.refusal(of: answer, for: second) == .invalidBlindSignature)
        #expect(Self.refusal(of: Array(answer.dropLast()), for: third) == .invalidBlindSignature)
    }

    private static func refusal(of answer: [UInt8], for message: consuming BlindedMessage) -> BlindRSAError? {
        do throws(BlindRSAError) {
            _ = try message.finalize(answer)
            return nil
        } catch {
            return error
        }
    }

    @Test func aBlindedMessageHasTheModulussLengthAndIsBelowIt() throws {
        let key = try Self.key.get()
        let modulus = Array(key.publicKey.encoded[81..<337])
        for bad in [[], [UInt8](repeating: 1, count: 255), [UInt8](repeating: 0, count: 257), modulus]
            + [[UInt8](repeating: 0xff, count: 256)] {
            #expect(throws: BlindRSAError.invalidBlindedMessage) { try key.sign(blinded: bad) }
        }
        var below = modulus
        below[255] -= 1
        #expect(try key.sign(blinded: below).count == 256)
    }

    @Test func everyOtherEncodingOfAKeyIsRefused() throws {
        let encoded = try Self.key.get().publicKey.encoded
        #expect(try BlindRSAPublicKey(decoding: encoded).encoded == encoded)
        // Around the modulus no bit may differ; in it the first and the last are fixed.
        for bit in Array(0..<(81 * 8)) + Array((337 * 8)..<(342 * 8)) + [81 * 8 + 7, 336 * 8] {
            var other = encoded
            other[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: BlindRSAError.invalidPublicKey, "bit \(bit)") { try BlindRSAPublicKey(decoding: other) }
        }
        for length in [0, 72, 270, 294, 341] {
            #expect(throws: BlindRSAError.invalidPublicKey) { try BlindRSAPublicKey(decoding: Array(encoded.prefix(length))) }
        }
        #expect(throws: BlindRSAError.invalidPublicKey) { try BlindRSAPublicKey(decoding: encoded + [0]) }
        // The same key as rsaEncryption: what other software writes.
        let other: [UInt8] = [
            0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
            0x03, 0x82, 0x01, 0x0f, 0x00,
        ]
        #expect(throws: BlindRSAError.invalidPublicKey) { try BlindRSAPublicKey(decoding: other + encoded[72...]) }
    }

    @Test func whatIsNoPrivateKeyIsRefused() {
        for text in ["", "x", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
            #expect(throws: BlindRSAError.invalidPrivateKey) { try BlindRSAPrivateKey(pem: text) }
        }
    }
}
