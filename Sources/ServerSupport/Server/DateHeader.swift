internal import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The value of the `Date` header (RFC 9110, section 5.6.7), formatted once a second.
final class DateHeader: Sendable {
    private let cached = Mutex<(second: Int, text: String)>((-1, ""))

    var current: String {
        let second = time(nil)
        return cached.withLock { cached in
            if cached.second != second { cached = (second, Self.format(second)) }
            return cached.text
        }
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT` for a number of seconds since 1970.
    static func format(_ second: Int) -> String {
        var second = second
        var parts = tm()
        gmtime_r(&second, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let time = [parts.tm_hour, parts.tm_min, parts.tm_sec].map(twoDigits).joined(separator: ":")
        let date = "\(twoDigits(parts.tm_mday)) \(months[Int(parts.tm_mon) % 12]) \(1900 + parts.tm_year)"
        return "\(days[Int(parts.tm_wday) % 7]), \(date) \(time) GMT"
    }

    /// `2026-11-22T18:00:00Z`, now, for log lines.
    static func timestamp() -> String {
        var second = time(nil)
        var parts = tm()
        gmtime_r(&second, &parts)
        let date = "\(1900 + parts.tm_year)-\(twoDigits(parts.tm_mon + 1))-\(twoDigits(parts.tm_mday))"
        return date + "T" + [parts.tm_hour, parts.tm_min, parts.tm_sec].map(twoDigits).joined(separator: ":") + "Z"
    }

    private static func twoDigits(_ number: Int32) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
