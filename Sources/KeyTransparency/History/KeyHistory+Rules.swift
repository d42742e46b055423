internal import KeySchedule
internal import PrivacyPass

extension KeyHistory {
    mutating func announce(_ record: KeyRecord, at time: UnixTime) throws(HistoryViolation) {
        guard keys[record.id] == nil else { throw .announcedTwice }
        try check(record, at: time, isNew: true)
        keys[record.id] = LoggedKey(record: record, announced: time)
    }

    mutating func reschedule(_ record: KeyRecord, at time: UnixTime) throws(HistoryViolation) {
        var key = try open(record.id)
        let old = key.record
        guard old.capability == record.capability, old.tokenType == record.tokenType else { throw .dateMovedEarlier }
        let isEarlier =
            record.notBefore < old.notBefore || record.issueUntil < old.issueUntil
            || record.acceptUntil < old.acceptUntil
        // Only what has not begun can begin earlier, and only because the key before it is gone.
        let mayBeginEarlier = time < old.notBefore && followsRevocation(record, at: time)
        guard !isEarlier || (mayBeginEarlier && record.notBefore >= time) else { throw .dateMovedEarlier }
        // What issues already cannot be put off: its tokens are out.
        guard record.notBefore <= old.notBefore || time < old.notBefore else { throw .dateMovedEarlier }
        try check(record, at: time, isNew: false)
        key.record = record
        keys[record.id] = key
    }

    private func check(_ record: KeyRecord, at time: UnixTime, isNew: Bool) throws(HistoryViolation) {
        let purpose = Purpose(record.capability, record.tokenType)
        guard let terms = terms[purpose] else { throw .noTerms }
        let others = keys(for: purpose).filter { $0.record.id != record.id && $0.revocation == nil }
        guard !others.contains(where: { $0.record.issuingOverlaps(record) }) else { throw .windowsOverlap }
        let isExcused = followsRevocation(record, at: time)
        if record.issueUntil.seconds(since: record.notBefore) < terms.epoch, !isExcused { throw .windowTooShort }
        if record.acceptUntil.seconds(since: record.issueUntil) < terms.acceptance { throw .acceptanceTooShort }
        let isFirst = !others.contains { $0.record.acceptUntil > time }
        if isNew {
            let ahead = record.notBefore.seconds(since: time)
            guard ahead >= 0, ahead >= terms.announcement || isExcused || isFirst else { throw .announcedLate }
        }
        let live = others.filter { [.announced, .issuing, .accepting].contains($0.state(at: time)) }.count + 1
        let limit = hasRecentRevocation(purpose, at: time) ? Self.maximumLiveKeysAfterRevocation : Self.maximumLiveKeys
        if live > limit { throw .tooManyKeys }
    }

    /// Whether a key takes the place of a revoked one: one that would issue at this time, or until this key begins.
    private func followsRevocation(_ record: KeyRecord, at time: UnixTime) -> Bool {
        keys(for: Purpose(record.capability, record.tokenType)).contains { key in
            key.revocation != nil && key.record.id != record.id && key.record.issueUntil > time
                && key.record.notBefore <= record.notBefore
        }
    }

    private func hasRecentRevocation(_ purpose: Purpose, at time: UnixTime) -> Bool {
        keys(for: purpose).contains { $0.revocation != nil && $0.record.acceptUntil > time }
    }
}

extension KeyRecord {
    /// Whether the times in which two keys issue have a moment in common.
    func issuingOverlaps(_ other: KeyRecord) -> Bool {
        notBefore < other.issueUntil && other.notBefore < issueUntil
    }
}
