import AuthorityStore

/// The logs that an authority publishes.
enum LogName: Sendable, CaseIterable {
    /// The log of keys.
    case keys
    /// The log of the heads of the revocation list.
    case revocationHeads

    /// Where it is kept.
    var stored: StoredLog {
        switch self {
        case .keys: .keys
        case .revocationHeads: .revocationHeads
        }
    }

    /// Where it is served, below the authority's URL.
    var path: String {
        switch self {
        case .keys: "/log"
        case .revocationHeads: "/revocations/log"
        }
    }
}
