package import PrivacyPass

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What a statement gave to an account.
package struct StatementReply: Sendable, Hashable, Codable {
    private var name: String
    /// How many tokens may be fetched for it.
    package var tokens: Int64

    enum CodingKeys: String, CodingKey {
        case name = "capability"
        case tokens
    }

    /// A reply from its parts.
    package init(capability: Capability, tokens: Int64) {
        name = capability.name
        self.tokens = tokens
    }

    /// The capability of the tokens, or `nil` if it has not the form of one.
    package var capability: Capability? { Capability(name) }

    /// The reply in a message, or `nil` if it is none.
    package init?(decoding bytes: [UInt8]) {
        guard let reply = try? JSONDecoder().decode(Self.self, from: Data(bytes)) else { return nil }
        self = reply
    }

    /// The message.
    package var encoded: [UInt8] { AccountJSON.encode(self) }
}
