import ArgumentParser

/// A span of time as people write it: a whole number with `s`, `m`, `h` or `d`.
struct TimeSpan: Equatable, ExpressibleByArgument {
    /// The span in seconds, 0 to about 100 years.
    let seconds: Int64

    init(seconds: Int64) { self.seconds = seconds }

    /// The span in `text`, for example `90s`, `15m`, `1h` or `7d`; `nil` for anything else.
    init?(_ text: String) {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        guard let last = text.last, let unit = units[last], let count = Int64(text.dropLast()),
            count >= 0, count <= 36_500 * 86_400 / unit
        else { return nil }
        seconds = count * unit
    }

    /// Reads a flag's value.
    init?(argument: String) { self.init(argument) }

    /// The span in the largest unit that divides it.
    var text: String {
        for (unit, size) in [("d", 86_400), ("h", 3_600), ("m", 60)] as [(String, Int64)]
        where seconds >= size && seconds % size == 0 { return "\(seconds / size)\(unit)" }
        return "\(seconds)s"
    }

    /// The text, which the help shows as a default.
    var defaultValueDescription: String { text }
}
