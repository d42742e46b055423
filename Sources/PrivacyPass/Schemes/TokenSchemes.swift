/// The token types that this library implements.
package enum TokenSchemes {
    /// The table: one line for each type.
    package static let all: [any TokenScheme] = [
        RistrettoVOPRFScheme(),
        BlindRSAScheme(),
        P384VOPRFScheme(),
    ]
}

extension TokenType {
    /// The type where nothing is said of it: the first in the table.
    package static var standard: TokenType { TokenSchemes.all[0].tokenType }

    /// Whether a request on its way can be written down, and made again from a secret.
    package var hasStorableRequests: Bool { scheme?.hasStorableRequests ?? false }

    /// The scheme of this type, or `nil` if it is not implemented.
    package var scheme: (any TokenScheme)? { TokenSchemes.all.first { $0.tokenType == self } }
}
