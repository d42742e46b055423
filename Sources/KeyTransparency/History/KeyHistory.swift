public import KeySchedule
public import PrivacyPass

/// All that a key log says, replayed from its first entry, with every rule checked.
///
/// That a key is in the log is not enough to trust it: a thousand keys for a thousand people could all be. The rules
/// here make sure that at any time there is one issuing key for a capability and token type, the same for everybody.
public struct KeyHistory: Sendable, Hashable {
    /// What keys are for: their capability and the type of their tokens.
    public struct Purpose: Sendable, Hashable {
        /// The capability.
        public let capability: Capability
        /// The token type.
        public let tokenType: TokenType

        /// A purpose from its parts.
        public init(_ capability: Capability, _ tokenType: TokenType) {
            self.capability = capability
            self.tokenType = tokenType
        }
    }

    /// How many keys of a purpose may be live at once: one announced, one issuing, one accepting.
    public static let maximumLiveKeys = 3
    /// How many may be after a revocation.
    public static let maximumLiveKeysAfterRevocation = 5

    /// The keys by id.
    public internal(set) var keys: [TokenKeyID: LoggedKey] = [:]
    /// The terms as they stand now.
    public internal(set) var terms: [Purpose: RotationTerms] = [:]
    /// The number of entries replayed.
    public private(set) var size: UInt64 = 0
    private var lastTime: UnixTime?

    /// The history of an empty log.
    public init() {}

    /// Replays one more entry; throws ``HistoryViolation`` if it breaks a rule, and then is as it was.
    public mutating func apply(_ entry: LogEntry) throws(HistoryViolation) {
        if let lastTime, entry.time < lastTime { throw .timeWentBack }
        switch entry.event {
        case .terms(let new): terms[Purpose(new.capability, new.tokenType)] = new
        case .announced(let record): try announce(record, at: entry.time)
        case .rescheduled(let record): try reschedule(record, at: entry.time)
        case .revoked(let id, let reason):
            var key = try open(id)
            key.revocation = LoggedKey.Revocation(reason: reason, time: entry.time)
            keys[id] = key
        case .ended(let id, let issued):
            guard var key = keys[id] else { throw .unknownKey }
            guard key.issued == nil else { throw .keyIsOver }
            guard key.revocation != nil || entry.time >= key.record.acceptUntil else { throw .endedEarly }
            key.issued = issued
            keys[id] = key
        }
        lastTime = entry.time
        size += 1
    }

    /// The keys of a purpose in the order in which they issue.
    public func keys(for purpose: Purpose) -> [LoggedKey] {
        keys.values.filter { Purpose($0.record.capability, $0.record.tokenType) == purpose }
            .sorted { ($0.record.notBefore, $0.announced) < ($1.record.notBefore, $1.announced) }
    }

    /// The one key that issues for a purpose at a time, or `nil`.
    public func issuingKey(for purpose: Purpose, at time: UnixTime) -> LoggedKey? {
        keys(for: purpose).first { $0.state(at: time) == .issuing }
    }

    /// A key that can still change.
    func open(_ id: TokenKeyID) throws(HistoryViolation) -> LoggedKey {
        guard let key = keys[id] else { throw .unknownKey }
        guard key.revocation == nil, key.issued == nil else { throw .keyIsOver }
        return key
    }
}
