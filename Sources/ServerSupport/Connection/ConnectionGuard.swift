internal import NIOCore

/// Closes a connection that misses a deadline. Lives on the connection's event loop; its two handlers tell it what
/// happens below and above the HTTP decoder.
final class ConnectionGuard {
    let limits: ConnectionLimits
    private let channel: any Channel
    private let shutdownDuration: Duration
    private let onCut: @Sendable (ConnectionDeadlines.Reason) -> Void
    private var timer: Scheduled<Void>?
    private var timerDue = NIODeadline.distantFuture

    private(set) var deadlines: ConnectionDeadlines {
        didSet { armTimer() }
    }
    /// From here on everything that arrives is thrown away.
    private(set) var isLingering = false
    /// Whether what arrives is thrown away although answers are still to be sent.
    var ignoresInput = false
    /// Bytes that the decoder has taken since it last gave a part of a request.
    var undecodedBytes = 0
    /// What the head that was decoded last says.
    var headTraits = RequestHeadHandler.Traits()
    /// Called when the body's deadline passes before an answer was begun: the handler then gets the chance to say 408.
    var onBodyAbandoned: (() -> Bool)?

    init(
        channel: any Channel, limits: ConnectionLimits, shutdownDuration: Duration,
        onCut: @escaping @Sendable (ConnectionDeadlines.Reason) -> Void
    ) {
        self.channel = channel
        self.limits = limits
        self.shutdownDuration = shutdownDuration
        self.onCut = onCut
        deadlines = ConnectionDeadlines(limits: limits, now: .now())
        armTimer()
    }

    /// Records an event on the connection.
    func record(_ event: (inout ConnectionDeadlines, NIODeadline) -> Void) {
        event(&deadlines, .now())
    }

    /// The server is shutting down: an idle connection goes at once, a busy one has a last deadline.
    func shutDown() {
        guard deadlines.pendingRequests > 0 || isLingering else { return channel.close(promise: nil) }
        record { $0.shutsDown(from: $1, within: shutdownDuration) }
    }

    /// Ends our side and drops what still arrives for a moment: closing with unread bytes would reset the connection
    /// and could take the answer away before the client has read it.
    func linger() {
        guard !isLingering, channel.isActive else { return }
        isLingering = true
        record { $0.lingers(from: $1) }
        channel.close(mode: .output, promise: nil)
        channel.read()
    }

    func connectionClosed() {
        timer?.cancel()
        timer = nil
        timerDue = .distantPast
    }

    /// The timer is left alone when its deadline moves back, and set anew when it fires: a busy connection costs no
    /// timers.
    private func armTimer() {
        guard let next = deadlines.next, next < timerDue else { return }
        timer?.cancel()
        timerDue = next
        timer = channel.eventLoop.assumeIsolated().scheduleTask(deadline: next) { [weak self] in
            guard let self else { return }
            timer = nil
            timerDue = .distantFuture
            timerFired()
        }
    }

    private func timerFired() {
        guard let reason = deadlines.expired(at: .now()) else { return armTimer() }
        onCut(reason)
        if reason == .body, let onBodyAbandoned, onBodyAbandoned() {
            return record { $0.bodyAbandoned(at: $1) }
        }
        channel.close(promise: nil)
    }
}
