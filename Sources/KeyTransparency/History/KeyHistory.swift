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
    /// How many may be announced until the first of them is over, revoked ones included.
    public static let maximumKeysInAcceptance = 32

    /// The keys by id.
    public private(set) var keys: [TokenKeyID: LoggedKey] = [:]
    /// The terms as they stand now.
    public private(set) var terms: [Purpose: RotationTerms] = [:]
    /// The capabilities that are revoked or will be, with the time from which.
    public private(set) var revokedCapabilities: [Capability: UnixTime] = [:]
    /// The number of entries replayed.
    public private(set) var size: UInt64 = 0
    /// Whether any terms ever were for development: then no date in the log means anything.
    public private(set) var isDevelopment = false
    /// When the last entry was made; `nil` for an empty log.
    public private(set) var lastTime: UnixTime?
    // The keys whose acceptance was not over at the last entry of their purpose: but for when the others stopped
    // issuing, all that the rules look at.
    private var open: [Purpose: [TokenKeyID]] = [:]
    /// When the last of the unrevoked keys of a purpose that are over stopped issuing.
    private(set) var endedIssuing: [Purpose: UnixTime] = [:]

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
            forgetWhatIsOver(Purpose(record), at: entry.time)
            open[Purpose(record), default: []].append(record.id)
        case .rescheduled(let record): keys[record.id]?.record = record
        case .revoked(let id, let reason):
            keys[id]?.revocation = LoggedKey.Revocation(reason: reason, time: entry.time)
        case .ended(let id, let issued):
            keys[id]?.issued = issued
            if let key = keys[id] { close(key) }
        case .redeemed(let id, let count, _):
            keys[id]?.redeemed.addSaturating(count)
        case .capabilityRevoked(let capability, let day, _):
            revokedCapabilities[capability] = min(day, revokedCapabilities[capability] ?? day)
        }
        lastTime = entry.time
        size += 1
    }

    /// Whether no key of a purpose was ever announced.
    func isNew(_ purpose: Purpose) -> Bool { open[purpose] == nil }

    /// The keys of a purpose that are not over, or were not at its last announcement, in the order in which they issue.
    public func openKeys(for purpose: Purpose) -> [LoggedKey] {
        (open[purpose] ?? []).compactMap { keys[$0] }.sorted(by: Self.issuesFirst)
    }

    /// Whether a capability is revoked at a time: then no key of it issues.
    public func isRevoked(_ capability: Capability, at time: UnixTime) -> Bool {
        revokedCapabilities[capability].map { $0 <= time } ?? false
    }

    /// The one key that issues for a purpose at a time, or `nil`.
    public func issuingKey(for purpose: Purpose, at time: UnixTime) -> LoggedKey? {
        isRevoked(purpose.capability, at: time)
            ? nil : openKeys(for: purpose).first { $0.state(at: time) == .issuing }
    }

    /// Takes the keys that are over off the list that the rules look at: it stays short however long the log is.
    private mutating func forgetWhatIsOver(_ purpose: Purpose, at time: UnixTime) {
        for key in openKeys(for: purpose) where key.record.acceptUntil <= time { close(key) }
    }

    private mutating func close(_ key: LoggedKey) {
        let purpose = Purpose(key.record)
        open[purpose]?.removeAll { $0 == key.record.id }
        guard key.revocation == nil else { return }
        endedIssuing[purpose] = max(endedIssuing[purpose] ?? key.record.issueUntil, key.record.issueUntil)
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
