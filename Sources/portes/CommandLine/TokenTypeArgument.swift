import ArgumentParser
import AuthorityServer
import PrivacyPass

/// A token type as people write it: its code point, `2` or `0x0002`, or its name in the registry.
struct TokenTypeArgument: ExpressibleByArgument {
    /// The type, whether or not it is implemented.
    let tokenType: TokenType

    init?(argument: String) {
        let text = argument.lowercased()
        let digits = text.hasPrefix("0x") ? text.dropFirst(2) : text[...]
        let code = digits.allSatisfy(\.isHexDigit) ? UInt16(digits, radix: text.hasPrefix("0x") ? 16 : 10) : nil
        let named = TokenType.implemented.first { $0.name?.lowercased() == text }
        guard let type = code.map({ TokenType(rawValue: $0) }) ?? named else { return nil }
        tokenType = type
    }

    /// The type, which must be one that can be used; throws wrong usage of `flag`.
    func implemented(_ flag: String) throws -> TokenType {
        guard TokenType.implemented.contains(tokenType) else {
            throw CommandFailure.usage("\(flag) does not take \(tokenType.rawValue)", hint: TokenType.choice(flag))
        }
        return tokenType
    }
}
