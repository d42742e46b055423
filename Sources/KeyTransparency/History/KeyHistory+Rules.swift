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
        case .capabilityRevoked(let capability, let day, _):
            guard terms.keys.contains(where: { $0.capability == capability }) else { throw .noTerms }
            guard day < revokedCapabilities[capability] ?? day.adding(seconds: 1) else { throw .revokedAgain }
        }
    }

    private func checkAnnouncement(_ record: KeyRecord, at time: UnixTime) throws(HistoryViolation) {
        guard keys[record.id] == nil else { throw .announcedTwice }
        guard !isRevoked(record.capability, at: record.notBefore) else { throw .capabilityIsRevoked }
        let (terms, others) = try checkWindow(record, at: time)
        let isFirst = !others.contains { $0.record.acceptUntil > time }
        let ahead = record.notBefore.seconds(since: time)
        // A log may begin while a key issues; later ones are not made for a time that is past.
        guard ahead >= 0 || (isNew(Purpose(record)) && record.issueUntil > time) else { throw .announcedLate }
        guard ahead >= terms.announcement || isFirst || terms.isDevelopment || followsRevocation(record, at: time)
        else { throw .announcedLate }
    }

    private func checkReschedule(_ record: KeyRecord, at time: UnixTime) throws(HistoryViolation) {
        let old = try changeable(record.id).record
        guard time < old.acceptUntil else { throw .keyIsOver }
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
            // What has stopped issuing does not begin again.
            guard record.issueUntil <= old.issueUntil || time < old.issueUntil else { throw .dateMovedEarlier }
        }
        _ = try checkWindow(record, at: time, before: old)
    }

    /// What holds for a record that is announced and for one whose dates change.
    ///
    /// A key that was announced under other terms than those of now is held to the weaker of both.
    private func checkWindow(
        _ record: KeyRecord, at time: UnixTime, before old: KeyRecord? = nil
    ) throws(HistoryViolation) -> (terms: RotationTerms, others: [LoggedKey]) {
        let purpose = Purpose(record)
        guard let terms = terms[purpose] else { throw .noTerms }
        let others = openKeys(for: purpose).filter { $0.record.id != record.id && $0.revocation == nil }
        guard !others.contains(where: { $0.record.issuingOverlaps(record) }),
            record.notBefore >= endedIssuing[purpose] ?? record.notBefore
        else { throw .windowsOverlap }
        if !terms.isDevelopment {
            let epoch = min(terms.epoch, old.map { $0.issueUntil.seconds(since: $0.notBefore) } ?? terms.epoch)
            let isShort = record.issueUntil.seconds(since: record.notBefore) < epoch
            guard !isShort || followsRevocation(record, at: time) else { throw .windowTooShort }
            let acceptance = min(
                terms.acceptance, old.map { $0.acceptUntil.seconds(since: $0.issueUntil) } ?? terms.acceptance)
            guard record.acceptUntil.seconds(since: record.issueUntil) >= acceptance else { throw .acceptanceTooShort }
        }
        if !terms.isDevelopment, old == nil {
            let live = others.filter { [.announced, .issuing, .accepting].contains($0.state(at: time)) }.count + 1
            let withRevoked = openKeys(for: purpose).count { $0.record.acceptUntil > time } + 1
            guard live <= liveLimit(purpose, at: time), withRevoked <= Self.maximumKeysInAcceptance else {
                throw .tooManyKeys
            }
        }
        return (terms, others)
    }

    private func liveLimit(_ purpose: Purpose, at time: UnixTime) -> Int {
        let isAfterRevocation = openKeys(for: purpose).contains {
            $0.revocation != nil && $0.record.acceptUntil > time
        }
        return isAfterRevocation ? Self.maximumLiveKeysAfterRevocation : Self.maximumLiveKeys
    }

    /// Whether the key before this one is revoked, and would issue at this time or later: then this one takes its
    /// place.
    private func followsRevocation(_ record: KeyRecord, at time: UnixTime) -> Bool {
        let before = openKeys(for: Purpose(record)).last { key in
            key.record.id != record.id && key.record.notBefore <= record.notBefore
        }
        return before.map { $0.revocation != nil && $0.record.issueUntil > time } ?? false
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
