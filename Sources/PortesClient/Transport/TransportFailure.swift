/// Why a transport brought no response, for people: lower case, no full stop, and no secret in it.
///
/// A transport may throw it to say what can be done; of any other error its description is taken.
public struct TransportFailure: Error, Sendable, Hashable {
    /// What happened.
    public let text: String
    /// What to do about it, if something can be.
    public let hint: String?

    /// A failure in these words.
    public init(_ text: String, hint: String? = nil) {
        self.text = text
        self.hint = hint
    }

    /// What is said of an error that a transport threw.
    init(_ error: any Error) {
        self = error as? TransportFailure ?? TransportFailure(String(describing: error))
    }
}
