import Crypto
import CryptoExtras
import Foundation
import PrivacyPass

/// A vector of RFC 9474, appendix A: of the library that signs tokens of type 0x0002, whose keys are smaller.
struct BlindRSAVector: Decodable {
    private let variant: String
    private let p, q, n, e, d: String?
    private let message, prefix, prepared, salt, encoded: String?
    private let blinded, inverse, blindSignature, signature: String?

    private enum CodingKeys: String, CodingKey {
        case variant, p, q, n, e, d, salt
        case message = "msg"
        case prefix = "msg_prefix"
        case prepared = "prepared_msg"
        case encoded = "encoded_msg"
        case blinded = "blinded_msg"
        case inverse = "inv"
        case blindSignature = "blind_sig"
        case signature = "sig"
    }

    // A prepared message is taken as it is: what the randomized variants put before it is part of it.
    private static let variants: [String: _RSA.BlindSigning.Parameters<SHA384>] = [
        "RSABSSA-SHA384-PSS-Randomized": .RSABSSA_SHA384_PSS_Deterministic,
        "RSABSSA-SHA384-PSSZERO-Randomized": .RSABSSA_SHA384_PSSZERO_Deterministic,
        "RSABSSA-SHA384-PSS-Deterministic": .RSABSSA_SHA384_PSS_Deterministic,
        "RSABSSA-SHA384-PSSZERO-Deterministic": .RSABSSA_SHA384_PSSZERO_Deterministic,
    ]

    func check() -> ConformanceOutcome {
        guard let parameters = Self.variants[variant] else { return .skipped }
        do {
            try check(parameters)
            return .passed(unchecked: "its request was not checked against inv: the library lets no blind be fixed")
        } catch {
            return .failed((error as? ConformanceMismatch)?.field ?? "\(error)")
        }
    }

    private func check(_ parameters: _RSA.BlindSigning.Parameters<SHA384>) throws {
        let (n, e) = try (bytes(n, "n"), bytes(e, "e"))
        let privateKey = try named("n, e, d, p, q") {
            try _RSA.BlindSigning.PrivateKey(
                n: n, e: e, d: bytes(d, "d"), p: bytes(p, "p"), q: bytes(q, "q"), parameters: parameters)
        }
        let publicKey = try named("n, e") {
            try _RSA.BlindSigning.PublicKey(n: n, e: e, parameters: parameters)
        }
        let (message, salt) = try (bytes(prepared, "prepared_msg"), bytes(salt, "salt"))
        let drawn = try bytes(prefix, "msg_prefix")
        try require(drawn.isEmpty != variant.hasSuffix("Randomized"), "msg_prefix")
        try require(message == drawn + bytes(self.message, "msg"), "prepared_msg")
        try require(salt.isEmpty == variant.contains("PSSZERO"), "salt")
        let encoded = try bytes(encoded, "encoded_msg")
        try require(encoded == PSSEncoding.encode(message, salt: salt, bitCount: 8 * n.count - 1), "encoded_msg")
        try require(bytes(inverse, "inv").count == n.count, "inv")

        // Signing is the same function of what is blinded and of what is not.
        func sign(_ message: [UInt8], _ field: String) throws -> [UInt8] {
            try named(field) { try Array(privateKey.blindSignature(for: message).rawRepresentation) }
        }
        try require(
            sign(bytes(blinded, "blinded_msg"), "blinded_msg") == bytes(blindSignature, "blind_sig"), "blind_sig")
        let signature = try bytes(signature, "sig")
        try require(sign(encoded, "encoded_msg") == signature, "sig")
        let holds = publicKey.isValidSignature(.init(rawRepresentation: signature), for: publicKey.prepare(message))
        try require(holds, "sig does not verify")
    }
}
