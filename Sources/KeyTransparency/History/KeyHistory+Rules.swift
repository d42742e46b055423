internal import KeySchedule
internal import PrivacyPass

extension KeyHistory {
    /// Throws ``HistoryViolation`` if an entry may not follow those there are.
    public func check(_ entry: LogEntry) throws(HistoryViolation) {
        if let lastTime, entry.time < lastTime { throw .timeWentBack }
        switch entry.event {
        case .terms: break
        case .announced(let record): try checkAnnouncement(record, at: entry.time)
        case .rescheduled(let record): try checkReschedule(record, at: entry.time)
        case .revoked(let id, _): _ = try changeable(id)
        case .ended(let id, _):
            let key = try known(id)
            guard key.issued == nil else { throw .keyIsOver }
            guard entry.time >= key.record.acceptUntil else { throw .endedEarly }
        case .redeemed(let id, _, _):
            guard try entry.time >= known(id).record.acceptUntil else { throw .endedEarly }
        }
    }

    private func checkAnnouncement(_ record: KeyRecord, at time: UnixTime) throws(HistoryViolation) {
        guard keys[record.id] == nil else { throw .announcedTwice }
        let (terms, others) = try checkWindow(record, at: time)
        let isFirst = !others.contains { $0.record.acceptUntil > time }
        let ahead = record.notBefore.seconds(since: time)
        // A log may begin while a key issues; later ones are not made for a time that is past.
        guard ahead >= 0 || openKeys(for: Purpose(record)).isEmpty else { throw .announcedLate }
        guard ahead >= terms.announcement || isFirst || terms.isDevelopment || followsRevocation(record, at: time)
        else { throw .announcedLate }
    }

    private func checkReschedule(_ record: KeyRecord, at time: UnixTime) throws(HistoryViolation) {
        let old = try changeable(record.id).record
        guard old.capability == record.capability, old.tokenType == record.tokenType else { throw .dateMovedEarlier }
        if terms[Purpose(record)]?.isDevelopment != true {
            let isEarlier =
                record.notBefore < old.notBefore || record.issueUntil < old.issueUntil
                || record.acceptUntil < old.acceptUntil
            // Only what has not begun can begin earlier, and only because the key before it is gone.
            let mayBeginEarlier = time < old.notBefore && followsRevocation(record, at: time)
            guard !isEarlier || (mayBeginEarlier && record.notBefore >= time) else { throw .dateMovedEarlier }
            // What issues already cannot be put off: its tokens are out.
            guard record.notBefore <= old.notBefore || time < old.notBefore else { throw .dateMovedEarlier }
        }
        _ = try checkWindow(record, at: time)
    }

    /// What holds for a record that is announced and for one whose dates change.
    private func checkWindow(
        _ record: KeyRecord, at time: UnixTime
    ) throws(HistoryViolation) -> (terms: RotationTerms, others: [LoggedKey]) {
        let purpose = Purpose(record)
        guard let terms = terms[purpose] else { throw .noTerms }
        let others = openKeys(for: purpose).filter { $0.record.id != record.id && $0.revocation == nil }
        guard !others.contains(where: { $0.record.issuingOverlaps(record) }) else { throw .windowsOverlap }
        if !terms.isDevelopment {
            let isShort = record.issueUntil.seconds(since: record.notBefore) < terms.epoch
            guard !isShort || followsRevocation(record, at: time) else { throw .windowTooShort }
            guard record.acceptUntil.seconds(since: record.issueUntil) >= terms.acceptance else {
                throw .acceptanceTooShort
            }
            let live = others.filter { [.announced, .issuing, .accepting].contains($0.state(at: time)) }.count + 1
            guard live <= liveLimit(purpose, at: time) else { throw .tooManyKeys }
        }
        return (terms, others)
    }

    private func liveLimit(_ purpose: Purpose, at time: UnixTime) -> Int {
        let isAfterRevocation = openKeys(for: purpose).contains {
            $0.revocation != nil && $0.record.acceptUntil > time
        }
        return isAfterRevocation ? Self.maximumLiveKeysAfterRevocation : Self.maximumLiveKeys
    }

    /// Whether a key takes the place of a revoked one: one that would issue at this time, or until this key begins.
    private func followsRevocation(_ record: KeyRecord, at time: UnixTime) -> Bool {
        openKeys(for: Purpose(record)).contains { key in
            key.revocation != nil && key.record.id != record.id && key.record.issueUntil > time
                && key.record.notBefore <= record.notBefore
        }
    }

    /// A key that can still change.
    private func changeable(_ id: TokenKeyID) throws(HistoryViolation) -> LoggedKey {
        let key = try known(id)
        guard key.revocation == nil, key.issued == nil else { throw .keyIsOver }
        return key
    }

    private func known(_ id: TokenKeyID) throws(HistoryViolation) -> LoggedKey {
        guard let key = keys[id] else { throw .unknownKey }
        return key
    }
}

extension KeyRecord {
    /// Whether the times in which two keys issue have a moment in common.
    func issuingOverlaps(_ other: KeyRecord) -> Bool {
        notBefore < other.issueUntil && other.notBefore < issueUntil
    }
}
