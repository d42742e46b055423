/// Why a witness does not start with its configuration.
package enum WitnessServerError: Error, Sendable, Hashable {
    /// Metrics were asked for on an address that others can reach.
    case metricsBeyondLoopback
}

extension WitnessServerError: CustomStringConvertible {
    /// One line for people: lower case, no full stop.
    package var description: String { "metrics are served on a loopback address alone" }

    /// What to do about it; lower case, no full stop.
    package var hint: String? { "use 127.0.0.1, or read them from the admin socket" }
}
