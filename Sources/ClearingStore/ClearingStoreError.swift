/// Why a clearing server's store could not be used, or what it refused.
package enum ClearingStoreError: Error, Sendable, Hashable {
    /// The data directory belongs to another origin, scope, authority or issuer than asked for.
    case pinned(name: String, value: String, asked: String)
    /// The database is gone, although this directory was in use: what was spent is not known any more.
    case ledgerLost
    /// There is no database to be backed up.
    case nothingToBackUp(directory: String)
    /// The backup is of another clearing server than the one whose directory this is.
    case otherServer(directory: String)
    /// A file is gone that the database belongs to.
    case missingFile(name: String)
    /// What is stored contradicts itself.
    case damaged(String)
    /// Too many tokens wait for the disk.
    case overloaded
}

extension ClearingStoreError {
    /// What to do where keys were received or tokens spent under another setting than is given now.
    private static func advice(on name: String, _ value: String) -> String {
        switch name {
        case "issuer": "lead --issuer to the authority of \(value); \(fresh("authority"))"
        case "authority": "give --authority-key=\(value) or leave it out; \(fresh("authority"))"
        case "scope": "give --tokens \(value); \(fresh("setting"))"
        default: "give --\(name) \(value); \(fresh("name"))"
        }
    }

    private static func fresh(_ what: String) -> String {
        "for another \(what) use a new --data directory, and have its portes clearing identity added at the authority"
    }
}

extension ClearingStoreError: CustomStringConvertible {
    /// One line for people: lower case, no full stop.
    package var description: String {
        switch self {
        case .pinned(let name, let value, let asked):
            "this data directory belongs to the \(name == "scope" ? "setting tokens:" : name) \(value), not to \(asked)"
        case .ledgerLost: "the database of what was spent is gone, and without it every token could be spent again"
        case .nothingToBackUp(let directory): "there is no database of a clearing server in \(directory)"
        case .otherServer(let directory): "\(directory) belongs to another clearing server than the backup"
        case .missingFile(let name): "\(name) is gone, which belongs to the database in this data directory"
        case .damaged(let what): "\(what) in the clearing database is damaged"
        case .overloaded: "too many tokens wait to be spent"
        }
    }

    /// What to do about it, or `nil` where there is nothing to add; lower case, no full stop.
    package var hint: String? {
        switch self {
        case .pinned(let name, let value, _): Self.advice(on: name, value)
        case .ledgerLost:
            "is the data directory mounted? if the database is lost: portes clearing restore FILE; without a backup "
                + "have the authority's admin revoke each key whose tokens were taken here (portes key revoke ID "
                + "--reason ledger-lost), then start with a new --data"
        case .nothingToBackUp: "name the right directory with --data or PORTES_DATA"
        case .otherServer: "name the directory of the server that was backed up with --data, or a new one"
        case .missingFile(SessionKeyFile.fileName):
            "if it is lost, or another's: portes clearing session-key --replace; every session that was opened ends"
        case .missingFile:
            "put the directory back from a backup: portes clearing restore FILE; if there is none, start with a new "
                + "--data directory"
        case .damaged: "keep a copy of the data directory, then: portes clearing restore FILE"
        case .overloaded: nil
        }
    }
}
