internal import Logging
internal import Synchronization

/// Tells the admin in the log what is wrong with the database, at most every 10 s: the log may lie on the same disk.
final class StoreFailureLog: Sendable {
    private static let interval: Duration = .seconds(10)

    private let logger: Logger
    private let last = Mutex<ContinuousClock.Instant?>(nil)

    init(logger: Logger) { self.logger = logger }

    /// Notes a failure that a client is told of as a problem.
    func note(_ error: any Error) {
        let isDue = last.withLock { last in
            let now = ContinuousClock.now
            if let last, now - last < Self.interval { return false }
            last = now
            return true
        }
        if isDue { logger.error("the database fails", metadata: ["error": "\(error)"]) }
    }
}
