extension HistoryViolation {
    /// The broken rule in words: lower case, without a full stop.
    public var words: String {
        switch self {
        case .timeWentBack: "its time is before that of the entry before it"
        case .inTheFuture: "its time is to come, by this machine's clock"
        case .noTerms: "a key of a capability whose terms were not published"
        case .announcedTwice: "a key is announced a second time"
        case .unknownKey: "it is about a key that was never announced"
        case .keyIsOver: "it changes a key that is revoked or ended"
        case .announcedLate: "a key is announced later than the terms promise"
        case .windowsOverlap: "two keys of one capability issue at the same time"
        case .windowTooShort: "a key issues for a shorter time than the terms promise"
        case .acceptanceTooShort: "a key's tokens are accepted for a shorter time than the terms promise"
        case .dateMovedEarlier: "a published date is moved earlier"
        case .endedEarly: "a key has ended, or is counted, before its acceptance is over"
        case .capabilityIsRevoked: "a key begins when its capability is revoked"
        case .revokedAgain: "a capability is revoked again, from no earlier day than before"
        case .tooManyKeys: "more keys are live at a time than rotation needs"
        }
    }
}
