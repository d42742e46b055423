/// Why an authority does not start.
package enum AuthorityError: Error, Sendable, Hashable {
    /// It issued tokens under another name; each is bound to that one.
    case otherName(known: String)
    /// The key directory is not the one in which this authority's keys are.
    case keysElsewhere(directory: String)
    /// There are keys in the key directory, but this authority is new: they belong to another data directory.
    case dataElsewhere(keys: String)
    /// It runs as a server without its keys.
    case keysMissing
    /// Metrics are for this machine alone.
    case metricsBeyondLoopback
    /// The open gate is for this machine alone.
    case developmentBeyondLoopback
    /// The witnesses can never be as many as have to cosign, or one is named twice.
    case witnessPolicy
}

extension AuthorityError: CustomStringConvertible {
    /// One line for people: lower case, no full stop.
    package var description: String {
        switch self {
        case .otherName(let known): "this authority is \(known): the tokens it issued are bound to that name"
        case .keysElsewhere(let directory): "the keys of this authority are not in \(directory)"
        case .dataElsewhere(let keys): "\(keys) holds the keys of an authority whose data is not in this data directory"
        case .keysMissing: "the authority cannot serve without its keys"
        case .metricsBeyondLoopback: "metrics are served on a loopback address alone"
        case .witnessPolicy: "more witnesses have to cosign than there are, or one is named twice"
        case .developmentBeyondLoopback: "the open gate of --development is for a loopback address alone"
        }
    }

    /// What to do about it; lower case, no full stop.
    package var hint: String? {
        switch self {
        case .otherName(let known): "leave --name out or give \(known); for another name use another data directory"
        case .keysElsewhere:
            "name their directory with --keys or PORTES_KEYS, or restore it from a backup; "
                + "for a new authority give another --data"
        case .dataElsewhere:
            "is the data directory mounted, and --data right? for a new authority name an empty directory with --keys"
        case .keysMissing: "name the key directory with --keys"
        case .metricsBeyondLoopback: "use 127.0.0.1, or read them from the admin socket"
        case .witnessPolicy: "see log.witnesses and log.threshold in the configuration file"
        case .developmentBeyondLoopback: "listen on 127.0.0.1, or leave --development out and create vouchers"
        }
    }
}
