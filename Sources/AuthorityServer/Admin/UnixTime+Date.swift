import KeySchedule

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension UnixTime {
    /// The UTC day as `YYYY-MM-DD`.
    package var dateText: String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(Date.ISO8601FormatStyle().year().month().day())
    }

    /// The beginning of a UTC day that is written `YYYY-MM-DD`, or a time in UNIX seconds; `nil` for any other text.
    package init?(dateText text: String) {
        if let seconds = Int64(text), text.utf8.first != UInt8(ascii: "-") {
            self.init(seconds: seconds)
            return
        }
        guard let date = try? Date(text, strategy: Date.ISO8601FormatStyle().year().month().day()) else { return nil }
        self.init(seconds: Int64(date.timeIntervalSince1970))
        // The parser takes more than it writes.
        guard dateText == text else { return nil }
    }
}
