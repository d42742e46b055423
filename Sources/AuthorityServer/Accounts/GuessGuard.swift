import Attestation
import KeySchedule
import ServerSupport

/// Keeps whoever guesses at vouchers from going on.
struct GuessGuard: Sendable {
    private let limiter: GuessLimiter
    private let limitsLoopback: Bool
    private let time: any TimeSource

    init(_ configuration: AuthorityConfiguration, time: any TimeSource) {
        limiter = GuessLimiter(limit: configuration.guessesPerHour, at: time.now().monotonic)
        limitsLoopback = configuration.limitsLoopback
        self.time = time
    }

    /// Throws for a caller who guessed too often.
    func check(_ context: ServerContext) throws(HTTPProblem) {
        guard let origin = origin(of: context), let pause = limiter.pause(for: origin, at: time.now().monotonic) else {
            return
        }
        throw .tooManyRequests(retryAfter: pause)
    }

    /// Remembers a guess for at most an hour.
    func wrongGuess(_ context: ServerContext) {
        if let origin = origin(of: context) { limiter.wrongGuess(from: origin, at: time.now().monotonic) }
    }

    private func origin(of context: ServerContext) -> [UInt8]? { context.origin ?? (limitsLoopback ? [127] : nil) }
}
