package import KeyTransparency

/// Why a change of keys was not made: the key log does not allow it.
package enum KeyLogRefusal: Error, Sendable, Hashable {
    /// It breaks a rule of the log.
    case violation(HistoryViolation)
    /// The clock is this many seconds behind the newest entry of the log.
    case clockIsBehind(seconds: Int64)
}
