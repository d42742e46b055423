import Foundation

/// The system's own words for a failed call.
enum SystemError {
    /// What `errno` means, for people: lower case, no full stop.
    static func text(_ code: Int32) -> String {
        let text = String(cString: strerror(code))
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}
