import Foundation
import LibSodium
import P384VOPRF
import PrivacyPass
import Testing

/// RFC 9497's and RFC 9578's vectors of P384-SHA384, as far as the library lets them be run.
///
/// Blinds, and the nonces of proofs, are the library's own to draw: neither the blinded elements, the proofs nor the
/// finalizing of the vectors can be repeated. What ends in the vectors' outputs is shown by a fresh blind under their
/// keys.
struct P384VectorTests {
    struct Suite: Decodable {
        struct Vector: Decodable {
            let inputs: [String]
            let blindedElements: [String]
            let evaluatedElements: [String]
            let outputs: [String]
        }
        let skS: String
        let pkS: String
        let vectors: [Vector]
    }

    struct Issuance: Decodable {
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

    private static func read<Value: Decodable>(_ type: [Value].Type, _ name: String) throws -> [Value] {
        let file = try #require(Bundle.module.url(forResource: "Vectors/" + name, withExtension: "json"))
        return try JSONDecoder().decode(type, from: Data(contentsOf: file))
    }

    private static func bytes(_ hex: String) throws -> [UInt8] { try #require(Hexadecimal.decode(hex)) }

    private static func key(_ skS: String, _ pkS: String) throws -> P384PrivateKey {
        let key = try P384PrivateKey(decoding: SecretBytes(copying: bytes(skS)))
        #expect(try key.publicKey == P384PublicKey(decoding: bytes(pkS)) && key.publicKey.encoded == bytes(pkS))
        #expect(try key.encoded().withUnsafeBytes { Array($0) } == bytes(skS))
        return key
    }

    @Test func theVectorsOfRFC9497Hold() throws {
        let suites = try Self.read([Suite].self, "rfc9497_p384_sha384_voprf")
        #expect(suites.count == 1 && suites.first?.vectors.count == 3)
        for suite in suites {
            let key = try Self.key(suite.skS, suite.pkS)
            for vector in suite.vectors {
                for index in vector.inputs.indices {
                    let input = try Self.bytes(vector.inputs[index])
                    let evaluation = try key.evaluate(blinded: Self.bytes(vector.blindedElements[index]))
                    #expect(try Array(evaluation.prefix(49)) == Self.bytes(vector.evaluatedElements[index]))
                    #expect(evaluation.count == 145)
                    let output = try Self.bytes(vector.outputs[index])
                    #expect(try key.evaluate(input) == output)
                    let blinded = try key.publicKey.blind(input)
                    #expect(try blinded.element != Self.bytes(vector.blindedElements[index]))
                    let fresh = try key.evaluate(blinded: blinded.element)
                    #expect(try blinded.finalize(fresh) == output)
                }
            }
        }
    }

    @Test func theVectorsOfRFC9578Hold() throws {
        let vectors = try Self.read([Issuance].self, "rfc9578_type1_voprf_p384")
        #expect(vectors.count == 5)
        for vector in vectors {
            let key = try Self.key(vector.skS, vector.pkS)
            // Type, truncated id, blinded element; the token's input and its authenticator.
            let (request, token) = try (Self.bytes(vector.tokenRequest), Self.bytes(vector.token))
            #expect(request.count == 52 && request[..<2] == [0, 1])
            #expect(request[2] == SHA256.hash(key.publicKey.encoded).bytes.last)
            let response = try Self.bytes(vector.tokenResponse)
            #expect(try key.evaluate(blinded: Array(request[3...])).prefix(49) == response.prefix(49))
            #expect(token.count == 146)
            #expect(try key.evaluate(Array(token[..<98])) == Array(token[98...]))
        }
    }
}
