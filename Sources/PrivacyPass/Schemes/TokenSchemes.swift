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
    /// The scheme of this type, or `nil` if it is not implemented.
    package var scheme: (any TokenScheme)? { TokenSchemes.all.first { $0.tokenType == self } }
}
