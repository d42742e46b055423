internal import KeyTransparency
internal import Logging
internal import Synchronization
internal import WitnessStore

/// Tells the operator in the log what is wrong with a log, the clock or the disk, each at most every 10 s.
final class WitnessReport: Sendable {
    private static let interval: Duration = .seconds(10)

    private let logger: Logger
    private let last = Mutex<[Kind: ContinuousClock.Instant]>([:])

    private enum Kind: Hashable { case history(NoteKeyName), proof(NoteKeyName), clock, store }

    init(logger: Logger) { self.logger = logger }

    /// Notes what somebody should look at.
    func note(_ outcome: CosigningOutcome, of checkpoint: Checkpoint) {
        switch outcome {
        case .cosigned, .conflict, .badRequest: break
        case .inconsistent:
            // Anybody can send a log's checkpoint with another proof.
            guard isDue(.proof(checkpoint.origin)) else { return }
            logger.warning("a proof does not show that a log has only grown", metadata: Self.metadata(checkpoint))
        case .otherHistory:
            // This is the log's own doing: it signed both.
            guard isDue(.history(checkpoint.origin)) else { return }
            logger.error("a log signed two trees of one size", metadata: Self.metadata(checkpoint))
        case .wrongClock:
            if isDue(.clock) { logger.error("the clock is wrong: nothing is cosigned until it is right") }
        }
    }

    /// Notes a failure of the database that a client is told of as a problem.
    func note(_ error: any Error) {
        if isDue(.store) { logger.error("the database fails", metadata: ["error": "\(error)"]) }
    }

    /// The three lines that every checkpoint has.
    private static func metadata(_ checkpoint: Checkpoint) -> Logger.Metadata {
        let lines = checkpoint.text.split(separator: "\n")
        return ["log": "\(lines[0])", "size": "\(lines[1])", "root": "\(lines[2])"]
    }

    private func isDue(_ kind: Kind) -> Bool {
        last.withLock { last in
            let now = ContinuousClock.now
            if let previous = last[kind], now - previous < Self.interval { return false }
            last[kind] = now
            return true
        }
    }
}
