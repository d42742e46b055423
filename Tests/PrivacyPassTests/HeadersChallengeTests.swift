import LibSodium
import Testing

@testable import PrivacyPass

/// `WWW-Authenticate` as servers send it, well and badly.
struct HeadersChallengeTests {
    let first: PrivateTokenChallenge
    let second: PrivateTokenChallenge

    init() throws {
        first = PrivateTokenChallenge(
            challenge: try Samples().challenge, tokenKey: Randomness.bytes(32), maximumAge: 10)
        second = PrivateTokenChallenge(
            challenge: try TokenChallenge(tokenType: .voprfRistretto255, issuerName: ServerName("issuers.example")))
    }

    private var challenge: String { Base64URL.encode(second.challenge.encoded) }
    private var bare: String { Base64URL.encode(second.challenge.encoded, padded: false) }

    @Test func whatIsEmittedIsPaddedQuotedAndReadBack() {
        #expect(second.fieldValue == "PrivateToken challenge=\"\(challenge)\"")
        #expect(challenge.hasSuffix("=="))
        #expect(first.fieldValue.hasSuffix(", max-age=\"10\""))
        #expect(PrivateTokenChallenge.parse([first.fieldValue]) == [first])
        #expect(PrivateTokenChallenge.parse([second.fieldValue]) == [second])
    }

    @Test func severalInOneFieldAndInSeveralAreReadInOrder() {
        let joined = first.fieldValue + ", " + second.fieldValue
        #expect(PrivateTokenChallenge.parse([joined]) == [first, second])
        #expect(PrivateTokenChallenge.parse([second.fieldValue, joined]) == [second, first, second])
        #expect(PrivateTokenChallenge.parse([]).isEmpty)
    }

    @Test func otherSchemesAroundArePassedOver() {
        let others = [
            "Basic realm=\"a, PrivateToken challenge=\\\"x\\\"\"", "Negotiate", "Negotiate YWJj==",
            "NTLM TlRMTVNTUAAB/+8=",
            "Digest realm=\"r\", qop=\"auth, auth-int\", nonce=abc", "Bearer", "Basic realm=simple, charset=\"UTF-8\"",
            "Mutual realm=\"x\", version=-draft, challenge=\"\(challenge)\"",
        ]
        for other in others {
            #expect(PrivateTokenChallenge.parse([other]).isEmpty, "\(other)")
            let fields = [
                other + ", " + second.fieldValue, second.fieldValue + ", " + other,
                other + "," + second.fieldValue + "," + other,
            ]
            for field in fields { #expect(PrivateTokenChallenge.parse([field]) == [second], "\(field)") }
        }
    }

    @Test func valuesMayBeQuotedOrNotPaddedOrNot() {
        let forms = [
            "PrivateToken challenge=\"\(challenge)\"", "PrivateToken challenge=\(challenge)",
            "PrivateToken challenge=\(bare)",
            "PrivateToken challenge=\"\(bare)\"", "PrivateToken challenge = \"\(challenge)\"",
            "PrivateToken challenge\t=\t\(challenge)", "privatetoken CHALLENGE=\(bare)",
            "PRIVATETOKEN Challenge=\"\(bare)\"",
            "  PrivateToken   challenge=\"\(challenge)\"  ", ",, PrivateToken challenge=\"\(challenge)\" ,,",
            "PrivateToken challenge=\"\(challenge.map { "\\\($0)" }.joined())\"",
            "PrivateToken realm=\"x, y\", challenge=\(challenge)", "PrivateToken challenge=\(challenge), extension",
            "PrivateToken challenge=\(challenge) , future=\"\\\"quoted\\\", PrivateToken\"",
        ]
        for form in forms { #expect(PrivateTokenChallenge.parse([form]) == [second], "\(form)") }
    }

    @Test func parametersOfTheirNeighboursAreNotMixedUp() {
        let key = Base64URL.encode([7, 7])
        let field = "token-key=\"\(key)\", PrivateToken challenge=\"\(challenge)\", Basic token-key=\"\(key)\""
        #expect(PrivateTokenChallenge.parse([field]) == [second])
    }

    @Test(arguments: ["10", "\"10\"", "0", "\"18446744073709551615\""])
    func anAgeMayBeQuoted(age: String) {
        let read = PrivateTokenChallenge.parse(["PrivateToken challenge=\"\(challenge)\", max-age=\(age)"])
        #expect(read.map(\.maximumAge) == [UInt64(age.filter { $0 != "\"" })])
    }

    @Test(arguments: ["ten", "-1", "1.5", "18446744073709551616", "\"\""])
    func anAgeThatIsNoNumberIsAsIfAbsent(age: String) {
        #expect(PrivateTokenChallenge.parse(["PrivateToken challenge=\"\(challenge)\", max-age=\(age)"]) == [second])
    }

    @Test func whatCannotBeReadIsPassedOver() throws {
        var truncated = second.challenge.encoded
        truncated.removeLast()
        let hostile = [
            "", ",", " ", "PrivateToken", "PrivateToken challenge", "PrivateToken challenge=",
            "PrivateToken challenge=\"\"",
            "PrivateToken challenge=\"\(challenge)", "PrivateToken challenge=\"\(challenge)\\",
            "PrivateToken=\"\(challenge)\"",
            "challenge=\"\(challenge)\"", "PrivateToken token=\"\(challenge)\"", "PrivateToken \(challenge)",
            "PrivateToken challenge=\"\(challenge) \"", "PrivateToken challenge=\"\(challenge)=\"",
            "PrivateToken challenge=\"=\(challenge)\"", "PrivateToken challenge=\"*\(challenge)\"",
            "PrivateToken challenge=\"\(Base64URL.encode(truncated))\"",
            "PrivateToken challenge=\"\(Base64URL.encode(second.challenge.encoded + [0]))\"",
            "PrivateToken challenge=\"\(challenge)\", token-key=\"!\"", "PrivateTokens challenge=\"\(challenge)\"",
            "Private Token challenge=\"\(challenge)\"", "=", "\"", "\\", "====", "PrivateToken ==== challenge", "\u{0}",
            "Präfix PrivateToken", "PrivateToken;challenge=\"\(challenge)\"",
        ]
        for field in hostile { #expect(PrivateTokenChallenge.parse([field]).isEmpty, "\(field)") }
    }

    @Test func aBrokenOneDoesNotHideTheNextUnlessItNeverEnds() {
        let brokenOnes = [
            "PrivateToken challenge=\"!\"", "PrivateToken", "@", "a=b", "=\"x\"", "PrivateToken challenge=\"a\"\"b\"",
        ]
        for broken in brokenOnes {
            #expect(PrivateTokenChallenge.parse([broken + ", " + second.fieldValue]) == [second], "\(broken)")
        }
        // What an open quote swallows is no longer a header.
        #expect(PrivateTokenChallenge.parse(["Basic realm=\"x, " + second.fieldValue]).isEmpty)
        #expect(PrivateTokenChallenge.parse(["Basic realm=\"x", second.fieldValue]) == [second])
    }

    @Test(arguments: TokenType.greaseValues.indices) func greaseIsSkippedWhateverItsBody(index: Int) throws {
        #expect(TokenType(rawValue: TokenType.greaseValues[index]).isGrease)
        for count in [0, 1, 2, 31, 200] {
            let grease = PrivateTokenChallenge.greaseFieldValue(greaseIndex: index, body: Randomness.bytes(count))
            #expect(PrivateTokenChallenge.parse([grease]).isEmpty)
            #expect(PrivateTokenChallenge.parse([grease + ", " + second.fieldValue + "," + grease]) == [second])
        }
    }

    @Test func greaseWrapsAroundAtAnyIndex() {
        for index in [-1, Int.min, Int.max, 17] {
            let grease = PrivateTokenChallenge.greaseFieldValue(greaseIndex: index, body: [])
            #expect(PrivateTokenChallenge.parse([grease]).isEmpty)
        }
    }

    @Test func aFieldOverTheLimitCountsAsEmpty() {
        let limit = PrivateTokenChallenge.maximumFieldCount
        let padding = String(repeating: " ", count: limit - second.fieldValue.utf8.count)
        #expect(PrivateTokenChallenge.parse([padding + second.fieldValue]) == [second])
        #expect(PrivateTokenChallenge.parse([padding + " " + second.fieldValue]).isEmpty)
    }
}
