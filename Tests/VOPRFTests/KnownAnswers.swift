import Foundation
import LibSodium
import Testing

/// The RFC 9497 vectors of ristretto255-SHA512 (appendix A.1).
struct KnownAnswers: Decodable {
    let mode: Int
    let seed: String
    let keyInfo: String
    let skS: String
    let pkS: String
    let contextString: String
    let vectors: [Vector]

    struct Vector: Decodable {
        let batchSize: Int
        let inputs: [String]
        let blinds: [String]
        let blindedElements: [String]
        let evaluatedElements: [String]
        let outputs: [String]
        let proof: String?
        let proofRandomScalar: String?
    }

    /// The groups of VOPRF mode.
    static func voprf() throws -> KnownAnswers {
        let url = try #require(
            Bundle.module.url(
                forResource: "rfc9497_ristretto255_sha512", withExtension: "json", subdirectory: "Vectors"))
        let groups = try JSONDecoder().decode([KnownAnswers].self, from: Data(contentsOf: url))
        return try #require(groups.first { $0.mode == 1 })
    }
}

/// The bytes in hexadecimal digits.
func bytes(_ hex: String) throws -> [UInt8] {
    var output: [UInt8] = []
    var rest = Substring(hex)
    while !rest.isEmpty {
        output.append(try #require(UInt8(rest.prefix(2), radix: 16)))
        rest = rest.dropFirst(2)
    }
    return output
}
