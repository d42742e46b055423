import Testing

@testable import PrivacyPass

/// `Authorization` as clients send it, well and badly.
struct HeadersCredentialsTests {
    let token: Token

    init() throws { token = try Samples().token }

    private var text: String { Base64URL.encode(token.encoded) }

    @Test func whatIsEmittedIsPaddedQuotedAndReadBack() throws {
        let field = PrivateTokenCredentials(token: token).fieldValue
        #expect(field == "PrivateToken token=\"\(text)\"")
        #expect(try PrivateTokenCredentials(fieldValue: field).token.encoded == token.encoded)
    }

    @Test func unknownParametersAndOtherFormsAreRead() throws {
        let forms = [
            "PrivateToken token=\(text)", "privatetoken TOKEN=\"\(text)\"", "PrivateToken  token = \(text)",
            "PrivateToken token=\"\(text)\", extensions=\"AAAA\"", "PrivateToken extensions=AA==, token=\"\(text)\"",
            "PrivateToken token=\"\(text)\", token=\"AAAA\"",
        ]
        for form in forms {
            #expect(try PrivateTokenCredentials(fieldValue: form).token.encoded == token.encoded, "\(form)")
        }
    }

    @Test func anotherSchemeIsToldFromMalformedCredentials() {
        for field in ["Bearer abc", "Basic YTpi", "Bearer token=\"\(text)\"", "Basic, PrivateToken token=\"\(text)\""] {
            #expect(error(field) == .otherScheme, "\(field)")
        }
        let malformed = [
            "", " ", "token=\"\(text)\"", "PrivateToken", "PrivateToken \(text)", "PrivateToken token=",
            "PrivateToken token=\"",
            "PrivateToken token=\"\(text)", "PrivateToken token=\"\(text)\", Basic YTpi",
            "PrivateToken token=\"\(text)!\"",
            "PrivateToken token=\"\(text)\", PrivateToken token=\"\(text)\"", "PrivateToken extensions=\"AAAA\"",
            "PrivateToken token=\"\(text)\"" + String(repeating: " ", count: PrivateTokenCredentials.maximumFieldCount),
        ]
        for field in malformed { #expect(error(field) == .malformed, "\(field)") }
    }

    @Test func bytesThatAreNoTokenAreToldWithTheReason() {
        func field(_ bytes: [UInt8]) -> String { "PrivateToken token=\"\(Base64URL.encode(bytes))\"" }
        #expect(error(field([])) == .notAToken(.truncated))
        #expect(error(field([0, 3])) == .notAToken(.unsupportedTokenType))
        #expect(error(field(Array(token.encoded.dropLast()))) == .notAToken(.truncated))
        #expect(error(field(token.encoded + [0])) == .notAToken(.trailingBytes))
    }

    private func error(_ field: String) -> PrivateTokenCredentials.CredentialsError? {
        do {
            _ = try PrivateTokenCredentials(fieldValue: field)
            return nil
        } catch {
            return error
        }
    }
}
