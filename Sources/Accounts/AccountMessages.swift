internal import PrivacyPass

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What accounts cost at an authority, and a challenge to answer: the answer to `GET /accounts/challenge`.
package struct AccountTerms: Sendable, Hashable, Codable {
    /// Where it is asked for.
    package static let path = "/accounts/challenge"

    /// The challenge as base64url without padding.
    private var challengeText: String
    /// How an account may be paid for, by ``AccountFee`` names.
    package var fees: [String]

    enum CodingKeys: String, CodingKey {
        case challengeText = "challenge"
        case fees = "opening"
    }

    /// Terms with a challenge.
    package init(challenge: AccountChallenge, fees: [String]) {
        challengeText = Base64URL.encode(challenge.encoded, padded: false)
        self.fees = fees
    }

    /// The challenge, or `nil` if it has not its form.
    package var challenge: AccountChallenge? {
        Base64URL.decode(challengeText).flatMap { AccountChallenge(decoding: $0) }
    }

    /// The terms in a message, or `nil` if it is none.
    package init?(decoding bytes: [UInt8]) {
        guard let terms = try? JSONDecoder().decode(Self.self, from: Data(bytes)) else { return nil }
        self = terms
    }

    /// The message.
    package var encoded: [UInt8] { AccountJSON.encode(self) }
}

/// A statement of another party as an account presents it: the token, and the salt that binds it to the account.
package struct StatementPresentation: Sendable, Hashable, Codable {
    /// Where it is presented.
    package static let path = "/accounts/statements"
    /// The largest message.
    package static let maximumCount = 12 * 1024

    /// The signed token (RFC 7519).
    package var token: String
    private var saltText: String

    enum CodingKeys: String, CodingKey {
        case token
        case saltText = "salt"
    }

    /// A statement and its salt.
    package init(token: String, salt: [UInt8]) {
        self.token = token
        saltText = Base64URL.encode(salt, padded: false)
    }

    /// The salt, or `nil` if it is not base64url.
    package var salt: [UInt8]? { Base64URL.decode(saltText) }

    /// The statement in a message, or `nil` if it is none.
    package init?(decoding bytes: [UInt8]) {
        guard let found = try? JSONDecoder().decode(Self.self, from: Data(bytes)) else { return nil }
        self = found
    }

    /// The message.
    package var encoded: [UInt8] { AccountJSON.encode(self) }
}

enum AccountJSON {
    static func encode(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts and numbers alone: nothing that JSON has no form for.
        return (try? encoder.encode(value)).map { Array($0) } ?? []
    }
}
