/// A command could not do what was asked: what went wrong, and what to do next.
///
/// Both are lower case without a full stop, and name no secret.
struct CommandFailure: Error {
    /// What went wrong.
    let message: String
    /// What to do next.
    let hint: String?
    /// Whether the command was typed or configured wrongly: it cannot succeed without other words.
    let isUsage: Bool
    /// The exit code of one that is not wrong usage.
    private(set) var status: Int32 = 1

    /// A failure of a command that was asked for rightly.
    init(_ message: String, hint: String? = nil) {
        self.init(message, hint: hint, isUsage: false)
    }

    private init(_ message: String, hint: String?, isUsage: Bool) {
        self.message = message
        self.hint = hint
        self.isUsage = isUsage
    }

    /// The same with another exit code, for a command whose help tells codes apart.
    func exiting(with status: Int32) -> CommandFailure {
        var failure = self
        failure.status = status
        return failure
    }

    /// A setting that cannot be right, whether it came from a flag, the environment or a file; the hint shows one that
    /// can.
    static func usage(_ message: String, hint: String) -> CommandFailure {
        CommandFailure(message, hint: hint, isUsage: true)
    }
}
