/// When the keys of one capability and token type are made: a pure function of the terms, the keys there are, and time.
///
/// Nothing has to run on time for it to be right. Who is late gets a plan in which the next key begins later, never one
/// in which a published date moves.
public struct RotationPlan: Sendable, Hashable {
    /// What is promised about the keys.
    public let terms: RotationTerms
    /// The keys there are, those that have ended included or not.
    public let keys: [KeyStanding]
    /// From when the capability is revoked: no key begins then or later; `nil` if it is not.
    public let revokedFrom: UnixTime?

    /// A plan for keys, of which those of other capabilities and types are left out.
    public init(_ terms: RotationTerms, keys: [KeyStanding], revokedFrom: UnixTime? = nil) {
        self.terms = terms
        self.revokedFrom = revokedFrom
        self.keys = keys.filter { $0.record.capability == terms.capability && $0.record.tokenType == terms.tokenType }
    }

    /// Whether no key is to follow those that there are: the one that issues last, revoked or not, is retired.
    public var isRetired: Bool {
        keys.max { ($0.record.issueUntil, $0.isRevoked ? 0 : 1) < ($1.record.issueUntil, $1.isRevoked ? 0 : 1) }?
            .isRetired ?? false
    }

    /// When the next key is made; `nil` if none is to follow.
    public func nextDue(at now: UnixTime) -> UnixTime? {
        guard !isRetired else { return nil }
        guard let last, last.record.acceptUntil > now else { return isOver(at: now) ? nil : now }
        guard !isOver(at: max(last.record.issueUntil, now)) else { return nil }
        return max(now, last.record.issueUntil.adding(seconds: -terms.announcement).adding(seconds: -terms.margin))
    }

    /// The dates of the key to be made now; `nil` if it is not yet time, or none is to follow.
    ///
    /// It begins when the last one stops issuing, or once it was announced for long enough. Without that time only if
    /// there is no key whose tokens are accepted, or if a revoked one would issue then: nobody can be waiting for
    /// another.
    public func keyToMake(at now: UnixTime) -> KeyDates? {
        guard let due = nextDue(at: now), due <= now else { return nil }
        guard let last, last.record.acceptUntil > now else { return KeyDates(from: now, terms: terms) }
        let free = max(last.record.issueUntil, now)
        let announced = isReplacing(at: free) ? free : now.adding(seconds: terms.announcement)
        let start = max(free, announced)
        return isOver(at: start) ? nil : KeyDates(from: start, terms: terms)
    }

    /// Whether the capability is revoked at a time.
    func isOver(at time: UnixTime) -> Bool { revokedFrom.map { $0 <= time } ?? false }

    /// The announced key that is to take a revoked one's place at once, and its new dates; `nil` if none is.
    public func keyToBringForward(at now: UnixTime) -> (key: KeyStanding, notBefore: UnixTime)? {
        guard isReplacing(at: now), !keys.contains(where: { $0.state(at: now) == .issuing }) else { return nil }
        return keys.filter { $0.state(at: now) == .announced }.min { $0.record.notBefore < $1.record.notBefore }
            .map { ($0, now) }
    }

    /// The unrevoked key that issues last.
    var last: KeyStanding? {
        keys.filter { !$0.isRevoked }.max { $0.record.issueUntil < $1.record.issueUntil }
    }

    /// Whether a revoked key would issue at a time.
    private func isReplacing(at time: UnixTime) -> Bool {
        keys.contains { $0.isRevoked && $0.record.state(at: time, isRevoked: false) == .issuing }
    }
}
