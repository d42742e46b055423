internal import Logging
internal import Synchronization

/// Says that the authority's lists do not arrive when that begins, and when it is over: not every two seconds.
final class ReplicationComplaints: Sendable {
    private let logger: Logger
    private let reasons = Mutex<[String: String]>([:])

    init(logger: Logger) { self.logger = logger }

    /// Takes note of how one kind of look went: `reason` is why nothing came, or `nil`.
    func note(_ complaint: String, because reason: String?) {
        let (before, now) = reasons.withLock { reasons in
            let before = reasons
            reasons[complaint] = reason
            return (before, reasons)
        }
        guard before != now else { return }
        if let reason {
            logger.warning("the authority's lists do not arrive", metadata: ["reason": "\(complaint): \(reason)"])
        } else if now.isEmpty {
            logger.notice("the authority's lists arrive")
        }
    }
}
