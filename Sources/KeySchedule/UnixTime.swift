/// A point in time in whole seconds since 1970-01-01 00:00 UTC.
public struct UnixTime: Sendable, Hashable, Comparable, Codable {
    /// The seconds.
    public let seconds: Int64

    /// The time at these seconds.
    public init(seconds: Int64) { self.seconds = seconds }

    /// Decodes a number of seconds.
    public init(from decoder: any Decoder) throws {
        seconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    /// Encodes the number of seconds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(seconds)
    }

    /// The order in time.
    public static func < (left: UnixTime, right: UnixTime) -> Bool { left.seconds < right.seconds }

    /// The time `seconds` later, or the last there is.
    public func adding(seconds more: Int64) -> UnixTime {
        let (sum, overflow) = seconds.addingReportingOverflow(more)
        return UnixTime(seconds: overflow ? (more > 0 ? .max : .min) : sum)
    }

    /// How many seconds this time is after `earlier`, negative if before; at most what `Int64` holds, however far apart
    /// the two are.
    public func seconds(since earlier: UnixTime) -> Int64 {
        let (difference, overflow) = seconds.subtractingReportingOverflow(earlier.seconds)
        return overflow ? (seconds > earlier.seconds ? .max : .min) : difference
    }

    /// The beginning of the UTC day, or the first time there is: the coarsest time that is stored beside what could
    /// belong to a person.
    public var startOfDay: UnixTime {
        let intoDay = seconds % 86_400
        return adding(seconds: intoDay < 0 ? -86_400 - intoDay : -intoDay)
    }
}
