import TestSupport
import Testing

@testable import PrivacyPass

/// Fields that are made to take long, or to trap.
struct HeadersHostileTests {
    /// Each of these is read over and over by a parser that goes back further than a constant number of times.
    @Test(
        arguments: [
            "a", " ", ",", "\"", "=", "a ", "a=", "a=b ", "a=b,", "a=\"", "a=\"\",", "\\\"", "a b", "a =", "a=b\"",
            "PrivateToken ",
            "PrivateToken challenge=\"\", ", "PrivateToken challenge=", "@", "a@", "@,", "a\t\t", "=\"\\",
        ])
    func timeIsLinear(pattern: String) {
        let field = String(repeating: pattern, count: 1 << 20 / pattern.utf8.count)
        let start = ContinuousClock.now
        _ = AuthenticationField.parse(field)
        // Quadratic time would be hours.
        #expect(ContinuousClock.now - start < .seconds(300))
    }

    @Test func mutatedFieldsNeverTrap() throws {
        let samples = [
            PrivateTokenChallenge(challenge: try Samples().challenge, tokenKey: [1, 2, 3], maximumAge: 5).fieldValue,
            "Basic realm=\"a\\\"b\", PrivateToken challenge=AAUA==, token-key=\"AA==\", max-age=1, Negotiate abc==",
            PrivateTokenCredentials(token: try Samples().token).fieldValue,
        ]
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(seed: seed)
        let alphabet = Array("aP=\"\\, \t;@\0é-_/+0".utf8) + [0xff, 0x80]
        for round in 0..<20_000 {
            var bytes = Array(samples[round % samples.count].utf8)
            for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                let byte = alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                switch Int.random(in: 0...3, using: &random) {
                case 0: bytes[index] = byte
                case 1: bytes.insert(byte, at: index)
                case 2: bytes.remove(at: index)
                default: bytes.removeSubrange(index...)
                }
            }
            let field = String(decoding: bytes, as: UTF8.self)
            for read in PrivateTokenChallenge.parse([field]) {
                #expect(PrivateTokenChallenge.parse([read.fieldValue]) == [read], "seed \(seed), round \(round)")
            }
            _ = try? PrivateTokenCredentials(fieldValue: field)
        }
    }
}
