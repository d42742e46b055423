/// Why a clearing server's store could not be used, or what it refused.
package enum ClearingStoreError: Error, Sendable, Hashable {
    /// The data directory belongs to another origin, scope, authority or issuer than asked for.
    case pinned(name: String, value: String, asked: String)
    /// What is stored contradicts itself.
    case damaged(String)
    /// Too many tokens wait for the disk.
    case overloaded
}

extension ClearingStoreError: CustomStringConvertible {
    /// One line for people: lower case, no full stop.
    package var description: String {
        switch self {
        case .pinned(let name, let value, let asked):
            "this data directory belongs to the \(name) \(value), not to \(asked)"
        case .damaged(let what): "\(what) in the clearing database is damaged"
        case .overloaded: "too many tokens wait to be spent"
        }
    }

    /// What to do about it, or `nil` where there is nothing to add; lower case, no full stop.
    package var hint: String? {
        switch self {
        case .pinned(let name, _, _):
            "what was spent is only known here: keep the \(name), or use another data directory"
        case .damaged: "keep a copy of the data directory, then restore the latest backup"
        case .overloaded: nil
        }
    }
}
