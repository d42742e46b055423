/// Which rule an entry of the key log breaks.
public enum HistoryViolation: Error, Sendable, Hashable {
    /// The entry's time is before that of the entry before it.
    case timeWentBack
    /// The entry's time is to come by the reader's clock.
    case inTheFuture
    /// A key was announced for a capability whose terms were not published.
    case noTerms
    /// A key was announced a second time.
    case announcedTwice
    /// The entry is about a key that was never announced.
    case unknownKey
    /// The entry changes what can no longer change: the key is revoked or ended.
    case keyIsOver
    /// A key was announced later than the terms promise, without a revocation that would excuse it.
    case announcedLate
    /// The time in which a key issues overlaps that of another of its capability and type.
    case windowsOverlap
    /// A key issues for a shorter time than the terms promise, without a revocation that would excuse it.
    case windowTooShort
    /// A key's tokens are accepted for a shorter time than the terms promise.
    case acceptanceTooShort
    /// A published date was moved earlier without a revocation that would excuse it, or a key's identity was changed.
    case dateMovedEarlier
    /// A key was said to have ended, or its spent tokens were counted, before its acceptance was over.
    case endedEarly
    /// A key begins when its capability is revoked.
    case capabilityIsRevoked
    /// A capability was revoked again, from no earlier day than before.
    case revokedAgain
    /// More keys are live at one time than rotation needs: small crowds.
    case tooManyKeys
}
