/// Why a witness's data directory could not be used.
package enum WitnessStoreError: Error, Sendable, Hashable {
    /// The directory is new, and the witness has no name.
    case nameless
    /// The directory is that of a witness with another name.
    case pinned(name: String, asked: String)
    /// The database is gone from a directory that was in use: what was cosigned is not known any more.
    case stateLost
    /// The key is gone that the database belongs to.
    case keyLost
    /// The key is not the one that the database belongs to.
    case otherKey
    /// The database is a copy: what was cosigned since it was made is not in it.
    case copied
}

extension WitnessStoreError {
    private static let beginAnew =
        "begin anew with a new --data directory, which makes a new key, and give that to the logs and their users"
}

extension WitnessStoreError: CustomStringConvertible {
    /// One line for people: lower case, no full stop.
    package var description: String {
        switch self {
        case .nameless: "the witness has no name yet"
        case .pinned(let name, let asked): "this witness is \(name), not \(asked)"
        case .stateLost: "the database of what was cosigned is gone, and without it two histories could be"
        case .keyLost: "the witness's key is gone from this data directory"
        case .otherKey: "the witness's key is not the one that this database belongs to"
        case .copied: "the witness's database is a copy, and may be older than what was cosigned"
        }
    }

    /// What to do about it; lower case, no full stop.
    package var hint: String? {
        switch self {
        case .nameless: "give it one that stays, such as --name witness.example/w1"
        case .pinned(let name, _):
            "leave --name out or give --name \(name); another name needs another key, and so a new --data directory"
        case .stateLost, .keyLost: "is the data directory mounted? if it is lost, \(Self.beginAnew)"
        case .otherKey: "put the key back that was there; if it is lost, \(Self.beginAnew)"
        case .copied: "a witness is never restored from a copy and never moved to another disk; \(Self.beginAnew)"
        }
    }
}
