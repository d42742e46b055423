/// When a key issues, and until when its tokens are accepted. Each date is the first second of what comes after it.
public struct KeyDates: Sendable, Hashable {
    /// When issuing begins.
    public let notBefore: UnixTime
    /// When issuing ends.
    public let issueUntil: UnixTime
    /// When acceptance ends.
    public let acceptUntil: UnixTime

    /// The dates of a key that begins at a time, under these terms.
    public init(from notBefore: UnixTime, terms: RotationTerms) {
        self.notBefore = notBefore
        issueUntil = notBefore.adding(seconds: terms.epoch)
        acceptUntil = issueUntil.adding(seconds: terms.acceptance)
    }

    /// The dates of a key.
    public init(_ record: KeyRecord) {
        (notBefore, issueUntil, acceptUntil) = (record.notBefore, record.issueUntil, record.acceptUntil)
    }
}
