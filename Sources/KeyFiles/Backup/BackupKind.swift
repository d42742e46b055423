/// Whose secrets a backup holds.
package enum BackupKind: UInt8, Sendable, Hashable, CaseIterable {
    /// An authority's key directory.
    case keys = 1
    /// A clearing server's data directory.
    case clearing = 2
    /// An authority's database.
    case authority = 3

    /// The kind in words.
    package var text: String {
        switch self {
        case .keys: "a key directory"
        case .clearing: "a clearing server"
        case .authority: "an authority's database"
        }
    }
}
