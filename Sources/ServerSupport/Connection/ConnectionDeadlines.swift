internal import NIOCore

/// Which deadline a connection is under: a pure function of what has happened on it and when.
struct ConnectionDeadlines {
    /// Why a connection is closed; also the closed set of values of a metric's label.
    enum Reason: String, CaseIterable {
        case head, body, response, idle, linger, shutdown
    }

    private enum Reading { case nothing, head, body }

    private let limits: ConnectionLimits
    private var reading = Reading.nothing
    private var readDeadline: NIODeadline?
    private var responseDeadline: NIODeadline?
    private var lingerDeadline: NIODeadline?
    private var shutdownDeadline: NIODeadline?
    /// Requests whose head has arrived and whose response the system has not wholly taken.
    private(set) var pendingRequests = 0
    private var unflushedResponses = 0

    /// A connection accepted at `now`: its first request's head is awaited from this moment.
    init(limits: ConnectionLimits, now: NIODeadline) {
        self.limits = limits
        reading = .head
        readDeadline = now + limits.headDeadline
    }

    /// Whether a request's body is still arriving.
    var isReadingBody: Bool { reading == .body }

    mutating func bytesArrived(at now: NIODeadline) {
        guard reading == .nothing else { return }
        reading = .head
        readDeadline = now + limits.headDeadline
    }

    mutating func headEnded(at now: NIODeadline) {
        pendingRequests += 1
        reading = .body
        readDeadline = now + limits.bodyDeadline
    }

    mutating func bodyEnded(at now: NIODeadline) {
        reading = .nothing
        // While an answer is pending the client owes us nothing.
        readDeadline = pendingRequests == 0 ? now + limits.idleTimeout : nil
    }

    /// The body has been given up; the answer that says so has until `linger` from now.
    mutating func bodyAbandoned(at now: NIODeadline) {
        reading = .nothing
        readDeadline = nil
        lingerDeadline = now + limits.lingerDuration
    }

    mutating func responseBegan(at now: NIODeadline) {
        if unflushedResponses == 0 { responseDeadline = now + limits.responseDeadline }
        unflushedResponses += 1
    }

    mutating func responseEnded(at now: NIODeadline) {
        unflushedResponses = max(0, unflushedResponses - 1)
        pendingRequests = max(0, pendingRequests - 1)
        responseDeadline = unflushedResponses == 0 ? nil : now + limits.responseDeadline
        if pendingRequests == 0, reading == .nothing { readDeadline = now + limits.idleTimeout }
    }

    mutating func lingers(from now: NIODeadline) {
        readDeadline = nil
        responseDeadline = nil
        lingerDeadline = now + limits.lingerDuration
    }

    mutating func shutsDown(from now: NIODeadline, within duration: Duration) {
        shutdownDeadline = now + duration
    }

    /// The next moment at which something is due, or nil if the server has to move first.
    var next: NIODeadline? {
        earliest?.deadline
    }

    /// What was due by `now`, or nil.
    func expired(at now: NIODeadline) -> Reason? {
        guard let earliest, earliest.deadline <= now else { return nil }
        return earliest.reason
    }

    private var earliest: (deadline: NIODeadline, reason: Reason)? {
        let readReason: Reason =
            switch reading {
            case .nothing: .idle
            case .head: .head
            case .body: .body
            }
        var earliest = readDeadline.map { (deadline: $0, reason: readReason) }
        func consider(_ deadline: NIODeadline?, _ reason: Reason) {
            guard let deadline, deadline < earliest?.deadline ?? .distantFuture else { return }
            earliest = (deadline, reason)
        }
        consider(responseDeadline, .response)
        consider(lingerDeadline, .linger)
        consider(shutdownDeadline, .shutdown)
        return earliest
    }
}

extension NIODeadline {
    static func + (deadline: NIODeadline, duration: Duration) -> NIODeadline {
        deadline + TimeAmount(duration)
    }
}
