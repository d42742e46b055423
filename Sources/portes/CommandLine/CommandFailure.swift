/// A command could not do what was asked: what went wrong, and what to do next.
///
/// Both are lower case without a full stop, and name no secret.
struct CommandFailure: Error {
    /// What went wrong.
    let message: String
    /// What to do next.
    let hint: String?

    init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }
}
