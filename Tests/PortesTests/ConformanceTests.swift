import Foundation
import LibSodium
import PrivacyPass
import Testing
import VOPRF

@testable import portes

@Suite struct ConformanceTests {
    private static let rfc9497 = SourceTree.root.appending(
        path: "Tests/VOPRFTests/Vectors/rfc9497_ristretto255_sha512.json")

    @Test func theVectorsOfRFC9497PassAndOtherModesAreSkipped() throws {
        let result = try ConformanceFile(path: Self.rfc9497.path).check()
        #expect(result.counts == "3 passed, 0 failed, 5 skipped")
    }

    @Test func breakingAnyByteOfAnRFC9497VectorMakesItFail() throws {
        let groups = try #require(
            JSONSerialization.jsonObject(with: Data(contentsOf: Self.rfc9497)) as? [[String: Any]])
        let group = try #require(groups.first { $0["mode"] as? Int == 1 })
        // The whole batch vector with its group; the group's own members are checked with every vector.
        let vectors = try #require(group["vectors"] as? [Any])
        var single = group
        single["vectors"] = [try #require(vectors.last)]
        try expectEveryBreakToFail(single)
    }

    @Test(arguments: [1, 2]) func breakingAnyByteOfAnIssuanceVectorMakesItFail(count: Int) throws {
        let vector = try IssuanceSample.make(count: count)
        #expect(try check(vector) == [1, 0, 0])
        try expectEveryBreakToFail(vector)
    }

    @Test(arguments: [
        ("BlindRSATests/Vectors/rfc9474_rsabssa_sha384", "4 passed (4 in part), 0 failed, 0 skipped"),
        ("BlindRSATests/Vectors/rfc9578_type2_blindrsa2048", "5 passed (5 in part), 0 failed, 0 skipped"),
        ("P384VOPRFTests/Vectors/rfc9497_p384_sha384_voprf", "3 passed (3 in part), 0 failed, 0 skipped"),
        ("P384VOPRFTests/Vectors/rfc9578_type1_voprf_p384", "5 passed (5 in part), 0 failed, 0 skipped"),
        ("PrivacyPassTests/Vectors/rfc9577_token_challenge", "5 passed, 0 failed, 1 skipped"),
        ("PrivacyPassTests/Vectors/rfc9577_www_authenticate", "3 passed, 0 failed, 0 skipped"),
    ])
    func thePublishedVectorsPass(name: String, counts: String) throws {
        let result = try ConformanceFile(path: Self.file(name).path).check()
        #expect(result.counts == counts, "\(result.failures)")
        // What was not checked is told of each.
        #expect(result.notes.count == result.inPart)
    }

    @Test(arguments: [
        ("BlindRSATests/Vectors/rfc9474_rsabssa_sha384", ["inv": 0..<512]),
        ("BlindRSATests/Vectors/rfc9578_type2_blindrsa2048", ["blind": 0..<256]),
        ("P384VOPRFTests/Vectors/rfc9578_type1_voprf_p384", ["blind": 0..<48, "token_response": 49..<145]),
        ("PrivacyPassTests/Vectors/rfc9577_token_challenge", [:]),
    ] as [(String, [String: Range<Int>])])
    func breakingAnyByteOfAPublishedVectorMakesItFail(name: String, unchecked: [String: Range<Int>]) throws {
        let file = try Data(contentsOf: Self.file(name))
        let vectors = try #require(JSONSerialization.jsonObject(with: file) as? [[String: Any]])
        try expectEveryBreakToFail(
            try #require(vectors.first), unchecked: unchecked, stride: file.count > 10_000 ? 3 : 1, atLeast: 250)
    }

    private static func file(_ name: String) -> URL { SourceTree.root.appending(path: "Tests/\(name).json") }

    @Test func aMissingMemberFailsAndAnUnknownTypeIsSkipped() throws {
        let vector = try IssuanceSample.make(count: 1)
        for member in vector.keys where member != "token_challenge" {
            var partial = vector
            partial[member] = nil
            #expect(try check(partial) == [0, 1, 0], "\(member)")
        }
        var other = vector
        other["token_challenge"] = "0003" + (try #require(vector["token_challenge"] as? String)).dropFirst(4)
        #expect(try check(other) == [0, 1, 0])
        for member in ["token_request", "token"] {
            other[member] = "0003" + (try #require(vector[member] as? String)).dropFirst(4)
        }
        #expect(try check(other) == [0, 0, 1])
        #expect(try check(["anything": 1]) == [0, 0, 1])
    }

    /// Flips one bit of every byte in every text of hexadecimal digits; `unchecked` are the bytes of members that no
    /// vector can be checked for.
    private func expectEveryBreakToFail(
        _ object: [String: Any], unchecked: [String: Range<Int>] = [:], stride step: Int = 1, atLeast count: Int = 300
    ) throws {
        let data = try JSONSerialization.data(withJSONObject: object, options: .sortedKeys)
        let text = String(decoding: data, as: UTF8.self)
        var breaks = 0
        for match in text.matches(of: /(?:"(\w+)":)?"((?:[0-9a-f]{2})+)"/) {
            let digits = match.2
            let free = match.1.flatMap { unchecked[String($0)] } ?? 0..<0
            for offset in stride(from: 0, to: digits.count, by: 2 * step) where !free.contains(offset / 2) {
                let start = digits.index(digits.startIndex, offsetBy: offset)
                let end = digits.index(start, offsetBy: 2)
                let byte = try #require(UInt8(digits[start..<end], radix: 16)) ^ (1 << UInt8(breaks % 8))
                let broken = text.replacingCharacters(in: start..<end, with: Hexadecimal.encode([byte]))
                breaks += 1
                let counts = try check(json: broken)
                #expect(
                    counts[0] == 0 && counts[1] == 1,
                    "not failed although \(match.1 ?? "") \(digits.prefix(16))… was changed at byte \(offset / 2)")
            }
        }
        #expect(breaks > count)
    }

    private func check(_ object: [String: Any]) throws -> [Int] {
        try check(json: String(decoding: JSONSerialization.data(withJSONObject: object), as: UTF8.self))
    }

    /// The numbers passed, failed and skipped.
    private func check(json: String) throws -> [Int] {
        let url = URL.temporaryDirectory.appending(path: "portes-\(UUID().uuidString).json")
        try Data("[\(json)]".utf8).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        let result = try ConformanceFile(path: url.path).check()
        return [result.passed, result.failed, result.skipped]
    }
}

/// An issuance vector made here, in the shape that implementations publish.
enum IssuanceSample {
    static func make(count: Int) throws -> [String: Any] {
        let key = try ServerPrivateKey()
        let publicKey = key.publicKey
        let keyID = TokenKeyID(of: publicKey)
        let challenge = try TokenChallenge(
            tokenType: .voprfRistretto255, issuerName: ServerName("issuer.example"),
            redemptionContext: Randomness.bytes32(), originNames: [ServerName("origin.example")])
        let inputs = (0..<count).map { _ in
            AuthenticatorInput(
                tokenType: .voprfRistretto255, nonce: .random(), challengeDigest: challenge.digest, keyID: keyID)
        }
        let blinds = SecretScalarList(randomCount: count)
        let blindBytes = blinds.encoded().withUnsafeBytes { Array($0) }
        let blinding = try Blinding(inputs.map(\.encoded), blinds: blinds)
        let blinded = blinding.blindedElements
        let evaluation = try key.blindEvaluate(blinded)
        let tokens = try inputs.map { try Token(input: $0, authenticator: key.evaluate($0.encoded).bytes).encoded }
        let blindTexts = (0..<count).map { Hexadecimal.encode(blindBytes[$0 * 32..<$0 * 32 + 32]) }
        let nonceTexts = inputs.map { Hexadecimal.encode($0.nonce.bytes.bytes) }
        var vector: [String: Any] = [
            "skS": Hexadecimal.encode(key.encoded().withUnsafeBytes { Array($0) }),
            "pkS": Hexadecimal.encode(publicKey.encoded.bytes),
            "token_challenge": Hexadecimal.encode(challenge.encoded),
        ]
        if count == 1 {
            vector["nonce"] = nonceTexts[0]
            vector["blind"] = blindTexts[0]
            vector["token"] = Hexadecimal.encode(tokens[0])
            vector["token_request"] = Hexadecimal.encode(
                TokenRequest(truncatedKeyID: keyID.truncated, blindedElement: blinded[0]).encoded)
            vector["token_response"] = Hexadecimal.encode(try TokenResponse(evaluation).encoded)
        } else {
            vector["nonces"] = nonceTexts
            vector["blinds"] = blindTexts
            vector["tokens"] = tokens.map { Hexadecimal.encode($0) }
            vector["token_request"] = Hexadecimal.encode(
                try AmortizedBatchTokenRequest(truncatedKeyID: keyID.truncated, blindedElements: blinded).encoded)
            vector["token_response"] = Hexadecimal.encode(try AmortizedBatchTokenResponse(evaluation).encoded)
        }
        return vector
    }
}
