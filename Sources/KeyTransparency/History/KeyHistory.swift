public import KeySchedule
public import PrivacyPass

/// All that a key log says, replayed from its first entry, with every rule checked.
///
/// That a key is in the log is not enough to trust it: a thousand keys for a thousand people could all be. The rules
/// here make sure that at any time there is one issuing key for a capability and token type, the same for everybody.
/// What an entry costs does not grow with the number of keys that have ended.
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
    public private(set) var keys: [TokenKeyID: LoggedKey] = [:]
    /// The terms as they stand now.
    public private(set) var terms: [Purpose: RotationTerms] = [:]
    /// The number of entries replayed.
    public private(set) var size: UInt64 = 0
    /// Whether any terms ever were for development: then no date in the log means anything.
    public private(set) var isDevelopment = false
    /// When the last entry was made; `nil` for an empty log.
    public private(set) var lastTime: UnixTime?
    // The keys that no entry has ended yet: all that the rules look at.
    private var open: [Purpose: [TokenKeyID]] = [:]

    /// The history of an empty log.
    public init() {}

    /// Replays one more entry; throws ``HistoryViolation`` if it breaks a rule, and then is as it was.
    public mutating func apply(_ entry: LogEntry) throws(HistoryViolation) {
        try check(entry)
        take(entry)
    }

    /// Takes in an entry that breaks a rule, as far as it can be understood: for those who want to see what follows it.
    public mutating func applyUnchecked(_ entry: LogEntry) { take(entry) }

    private mutating func take(_ entry: LogEntry) {
        switch entry.event {
        case .terms(let new):
            terms[Purpose(new.capability, new.tokenType)] = new
            isDevelopment = isDevelopment || new.isDevelopment
        case .announced(let record):
            keys[record.id] = LoggedKey(record: record, announced: entry.time, entry: size)
            open[Purpose(record), default: []].append(record.id)
        case .rescheduled(let record): keys[record.id]?.record = record
        case .revoked(let id, let reason):
            keys[id]?.revocation = LoggedKey.Revocation(reason: reason, time: entry.time)
        case .ended(let id, let issued):
            keys[id]?.issued = issued
            if let record = keys[id]?.record { open[Purpose(record)]?.removeAll { $0 == id } }
        case .redeemed(let id, let count, _):
            keys[id]?.redeemed.addSaturating(count)
        }
        lastTime = entry.time
        size += 1
    }

    /// All keys of a purpose in the order in which they issue.
    public func keys(for purpose: Purpose) -> [LoggedKey] {
        keys.values.filter { Purpose($0.record) == purpose }.sorted(by: Self.issuesFirst)
    }

    /// The keys of a purpose that no entry has ended, in the order in which they issue.
    public func openKeys(for purpose: Purpose) -> [LoggedKey] {
        (open[purpose] ?? []).compactMap { keys[$0] }.sorted(by: Self.issuesFirst)
    }

    /// The one key that issues for a purpose at a time, or `nil`.
    public func issuingKey(for purpose: Purpose, at time: UnixTime) -> LoggedKey? {
        openKeys(for: purpose).first { $0.state(at: time) == .issuing }
    }

    private static func issuesFirst(_ left: LoggedKey, _ right: LoggedKey) -> Bool {
        (left.record.notBefore, left.announced) < (right.record.notBefore, right.announced)
    }
}

extension KeyHistory.Purpose {
    init(_ record: KeyRecord) { self.init(record.capability, record.tokenType) }
}

extension UInt64 {
    fileprivate mutating func addSaturating(_ other: UInt64) {
        let (sum, overflow) = addingReportingOverflow(other)
        self = overflow ? .max : sum
    }
}
