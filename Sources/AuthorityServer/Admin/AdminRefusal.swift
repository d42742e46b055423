import AuthorityStore
import KeyFiles
import KeySchedule
import KeyTransparency
import PrivacyPass
import SQLiteSupport

/// What an admin asked for cannot be done; lower case, no full stop, no secret.
package struct AdminRefusal: Error, Sendable, Hashable {
    /// What cannot be done, or why.
    package let message: String
    /// What to do about it, or `nil` where there is nothing to add.
    package let hint: String?

    init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }

    /// The refusal that an error amounts to.
    init(_ error: any Error) {
        switch error {
        case let refusal as AdminRefusal: self = refusal
        case let error as StoreError: self.init(error.description, hint: error.hint)
        case let error as AuthorityError: self.init(error.description, hint: error.hint)
        case let error as KeyLogRefusal: self.init(error)
        case KeyInsertionError.capabilityRevoked(let capability, let day):
            self = .capabilityRevoked(capability, from: day)
        case let error as KeyFileError: self.init(error.description, hint: error.hint)
        // The text of another error could hold anything; its type helps and tells nothing.
        default: self.init("the authority failed: \(type(of: error))")
        }
    }
}

extension AdminRefusal {
    /// No key can be made that would begin on the day from which its capability is revoked, or later.
    static func capabilityRevoked(_ capability: Capability, from day: UnixTime) -> AdminRefusal {
        AdminRefusal(
            "\(capability) is revoked from \(day.dateText) on, and nothing can be issued of it then",
            hint: "a revocation is for good: give the capability that comes after it another name")
    }

    /// What the key log does not allow.
    private init(_ refusal: KeyLogRefusal) {
        switch refusal {
        case .clockIsBehind(let seconds):
            self.init(
                "the clock is \(seconds) s behind the newest entry of the key log",
                hint: "set the clock; if it was ahead before, wait until it has caught up")
        case .violation(let violation):
            self.init(
                "the key log does not allow that: \(violation.words)",
                hint: "see portes key plan; what is published about keys is kept, except after a revocation")
        }
    }
}
