import Crypto
import CryptoExtras
import Foundation
import PrivacyPass
import Testing

/// RFC 9474's vectors, of the library itself: their keys have 4096 bits, which this module refuses.
///
/// The blind and the salt are the library's own to draw: the vectors' blinding and finalizing cannot be repeated.
/// Signing has no choices, and what is blinded anew must become a signature.
struct RFC9474VectorTests {
    struct Vector: Decodable {
        let variant, p, q, n, e, d, prepared_msg, blinded_msg, blind_sig, sig: String
    }

    private static func bytes(_ hex: String) throws -> [UInt8] { try #require(Hexadecimal.decode(hex)) }

    @Test func theVectorsOfEachVariantHold() throws {
        let file = try #require(Bundle.module.url(forResource: "Vectors/rfc9474_rsabssa_sha384", withExtension: "json"))
        let vectors = try JSONDecoder().decode([Vector].self, from: Data(contentsOf: file))
        // A prepared message is taken as it is: the prefix of the randomized variants is part of it.
        let variants: [String: _RSA.BlindSigning.Parameters<SHA384>] = [
            "RSABSSA-SHA384-PSS-Randomized": .RSABSSA_SHA384_PSS_Deterministic,
            "RSABSSA-SHA384-PSSZERO-Randomized": .RSABSSA_SHA384_PSSZERO_Deterministic,
            "RSABSSA-SHA384-PSS-Deterministic": .RSABSSA_SHA384_PSS_Deterministic,
            "RSABSSA-SHA384-PSSZERO-Deterministic": .RSABSSA_SHA384_PSSZERO_Deterministic,
        ]
        #expect(Set(vectors.map(\.variant)) == Set(variants.keys) && vectors.count == 4)
        for vector in vectors {
            let parameters = try #require(variants[vector.variant])
            let (n, e) = try (Self.bytes(vector.n), Self.bytes(vector.e))
            let privateKey = try _RSA.BlindSigning.PrivateKey(
                n: n, e: e, d: Self.bytes(vector.d), p: Self.bytes(vector.p), q: Self.bytes(vector.q),
                parameters: parameters)
            let publicKey = try _RSA.BlindSigning.PublicKey(n: n, e: e, parameters: parameters)
            let answer = try privateKey.blindSignature(for: Self.bytes(vector.blinded_msg))
            #expect(try Array(answer.rawRepresentation) == Self.bytes(vector.blind_sig), "\(vector.variant)")
            let message = try publicKey.prepare(Self.bytes(vector.prepared_msg))
            var signature = try Self.bytes(vector.sig)
            #expect(publicKey.isValidSignature(.init(rawRepresentation: signature), for: message), "\(vector.variant)")
            signature[511] ^= 1
            #expect(!publicKey.isValidSignature(.init(rawRepresentation: signature), for: message), "\(vector.variant)")
            let blinded = try publicKey.blind(message)
            let fresh = try publicKey.finalize(
                privateKey.blindSignature(for: blinded.blindedMessage), for: message, blindingInverse: blinded.inverse)
            #expect(publicKey.isValidSignature(fresh, for: message), "\(vector.variant)")
        }
    }
}
