package import KeySchedule
import KeyTransparency
package import PrivacyPass

/// What of the key log is needed at every request: taken after a commit, so that nobody waits for the disk to read it.
package struct KeyLogSummary: Sendable {
    /// The terms as they stand.
    package let terms: [RotationTerms]
    /// When the newest entry was made; `nil` for an empty log.
    package let lastTime: UnixTime?
    /// Where the keys that have not ended were announced, counted from 0.
    package let announcements: [TokenKeyID: UInt64]

    init(_ history: KeyHistory) {
        terms = Array(history.terms.values)
        lastTime = history.lastTime
        announcements = Dictionary(
            history.terms.keys.flatMap { history.openKeys(for: $0) }.map { ($0.record.id, $0.entry) },
            uniquingKeysWith: { first, _ in first })
    }
}
