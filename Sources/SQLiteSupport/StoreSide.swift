/// Which party a data directory belongs to; a directory is of one side only.
package enum StoreSide: String, Sendable, CaseIterable {
    /// The token authority, which knows vouchers.
    case authority
    /// The clearing server, which knows spent tokens.
    case clearing
    /// A witness, which knows how far logs have grown.
    case witness
    /// An app's backend, which knows pseudonyms of its own.
    case signIn = "sign-in"
    /// An app's backend, which knows spent tokens.
    case origin

    /// The name of the side's database in its data directory.
    package var databaseName: String { rawValue + ".sqlite" }

    /// What the side's databases carry in their header (`PRAGMA application_id`): "PrtA", "PrtC", "PrtW", "PrtS" or
    /// "PrtO" in ASCII.
    package var applicationID: Int32 {
        switch self {
        case .authority: 0x5072_7441
        case .clearing: 0x5072_7443
        case .witness: 0x5072_7457
        case .signIn: 0x5072_7453
        case .origin: 0x5072_744F
        }
    }
}
