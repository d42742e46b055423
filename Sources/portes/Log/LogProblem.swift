import KeyTransparency
import PortesClient

/// Something about a log that must not be.
enum LogProblem: Hashable {
    /// An entry breaks a rule.
    case rule(HistoryViolation, entry: UInt64)
    /// An entry cannot be read.
    case unreadable(entry: UInt64)
    /// A tile of hashes is not what the entries make, or is not served.
    case tile(path: String)
    /// A proof made of the log's tiles does not show that the log begins with its first entries.
    case inconsistent(size: UInt64)
    /// The log is not believed as a whole.
    case refused(KeyLogRefusal)

    /// The entry that it is about, from 0.
    var entry: UInt64? {
        switch self {
        case .rule(_, let entry), .unreadable(let entry): entry
        case .tile, .inconsistent, .refused: nil
        }
    }

    /// What is wrong, in words.
    var words: String {
        switch self {
        case .rule(let violation, let entry): "entry \(entry) breaks a rule: \(violation.words)"
        case .unreadable(let entry): "entry \(entry) cannot be read"
        case .tile(let path): "\(path) does not hold the hashes of the entries"
        case .inconsistent(let size): "no proof made of the log's tiles shows that it begins with its first \(size) entries"
        case .refused(let refusal): CommandFailure(refusal).message
        }
    }
}

extension KeyLogRefusal {
    /// Whether the log could not be read, rather than was found wanting.
    var isUnreachable: Bool {
        switch self {
        case .unreachable, .notServed: true
        default: false
        }
    }
}
