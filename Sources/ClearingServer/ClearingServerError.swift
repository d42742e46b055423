/// Why a clearing server does not start with its configuration.
package enum ClearingServerError: Error, Sendable, Hashable {
    /// Metrics were asked for on an address that others can reach.
    case metricsBeyondLoopback
    /// The file with the key delivery cannot be read.
    case unreadableDelivery(path: String)
    /// The origin's name has more than 255 bytes, so that no session can name it.
    case originTooLong
}

extension ClearingServerError: CustomStringConvertible {
    /// One line for people: lower case, no full stop.
    package var description: String {
        switch self {
        case .metricsBeyondLoopback: "metrics are served on a loopback address alone"
        case .unreadableDelivery(let path): "the key delivery in \(path) cannot be read"
        case .originTooLong: "the origin's name has more than 255 characters"
        }
    }

    /// What to do about it; lower case, no full stop.
    package var hint: String? {
        switch self {
        case .metricsBeyondLoopback: "use 127.0.0.1, or read them from the admin socket"
        case .unreadableDelivery: "name a file written by portes key export"
        case .originTooLong: "give a shorter --origin"
        }
    }
}
