import AuthorityStore
import KeyFiles
import Issuance
import KeySchedule
import KeyTransparency
import PrivacyPass
import Revocation

/// What revoking a key takes with it: the next key comes forward, and who drew tokens under it gets them back.
extension Authority {
    /// Revokes a key, brings the next one forward and gives back what was drawn, in one transaction; a second time
    /// nothing changes.
    func revokeKey(_ id: String, reason name: String) throws -> KeyRevocationSummary {
        let (key, reason) = try (storedKey(id), Self.reason(name))
        let now = database.changeTime
        guard !key.isRevoked else {
            let outcome = try database.revokeAgain(key.record.id, reason: reason)
            return try summary(of: key, outcome: outcome, replacement: nil, isNew: false)
        }
        let revoked = KeyEvent.revoked(key.record.id, reason)
        do {
            switch replacement(of: key, at: now) {
            case .announced(let record):
                let outcome = try change([revoked, .rescheduled(record)], at: now)
                return try summary(of: key, outcome: outcome, replacement: record, isNew: false)
            case .new(let dates, let terms):
                let (record, outcome) = try announce(dates, terms: terms, at: now, after: [revoked])
                return try summary(of: key, outcome: outcome, replacement: record, isNew: true)
            case .none: break
            }
        } catch let error where error is KeyLogRefusal || error is AdminRefusal || error is KeyFileError {
            // A key that must go goes, even where no other can take its place now: the schedule makes one when it may.
        }
        return try summary(of: key, outcome: change([revoked], at: now), replacement: nil, isNew: false)
    }

    /// What ``revokeKey(_:reason:)`` would do now.
    func previewRevocation(_ id: String, reason name: String) throws -> KeyRevocationSummary {
        let (key, reason) = try (storedKey(id), Self.reason(name))
        var outcome = KeyChangeOutcome()
        if reason.givesBack { outcome.recredit = try database.recredit(drawnUnder: key.record.id) }
        let replacement = key.isRevoked ? .none : replacement(of: key, at: database.changeTime)
        var summary = try summary(of: key, outcome: outcome, replacement: nil, isNew: false)
        switch replacement {
        case .announced(let record): summary.replacement = KeyRevocationSummary.Replacement(record, isNew: false)
        case .new(let dates, _): summary.replacement = KeyRevocationSummary.Replacement(dates)
        case .none: break
        }
        if !key.isRevoked {
            summary.liveKeys += (summary.replacement?.isNew == true ? 1 : 0) - (isLive(key) ? 1 : 0)
        }
        return summary
    }

    /// What takes the place of a key if it is revoked now.
    private enum Replacement {
        case none
        case announced(KeyRecord)
        case new(KeyDates, RotationTerms)
    }

    private func replacement(of key: StoredKey, at now: UnixTime) -> Replacement {
        let purpose = KeyHistory.Purpose(key.record.capability, key.record.tokenType)
        guard let terms = database.keyHistory.terms[purpose] else { return .none }
        let after = standings.map {
            $0.record.id == key.record.id ? KeyStanding($0.record, isRevoked: true, isRetired: $0.isRetired) : $0
        }
        let plan = RotationPlan(terms, keys: after, revokedFrom: issuer.revokedFrom(terms.capability))
        if case .rescheduled(let record) = plan.bringingForward(at: now) { return .announced(record) }
        return plan.keyToMake(at: now).map { .new($0, terms) } ?? .none
    }

    private func isLive(_ key: StoredKey) -> Bool {
        [.announced, .issuing, .accepting].contains(key.state(at: time.now().wall))
    }

    private func summary(
        of key: StoredKey, outcome: KeyChangeOutcome, replacement: KeyRecord?, isNew: Bool
    ) throws -> KeyRevocationSummary {
        let same = try database.keys().filter {
            $0.record.capability == key.record.capability && $0.record.tokenType == key.record.tokenType
        }
        // As it was, but for what was issued until the very end.
        var before = summary(key)
        before.issued = same.first { $0.record.id == key.record.id }?.issued ?? key.issued
        return KeyRevocationSummary(
            key: before, entry: outcome.revocation.map(RevocationSummary.init),
            replacement: replacement.map { KeyRevocationSummary.Replacement($0, isNew: isNew) },
            vouchers: outcome.recredit.vouchers, accounts: outcome.recredit.accounts, tokens: outcome.recredit.tokens,
            liveKeys: same.count(where: isLive),
            verifiers: try database.verifiers().filter {
                $0.capabilities.contains(key.record.capability) && $0.gets(key.record.tokenType)
            }.map(\.name))
    }

    static func reason(_ name: String) throws -> RevocationReason {
        guard let reason = RevocationReason(name: name) else {
            throw AdminRefusal(
                "'\(name)' is no reason",
                hint: "reasons are \(RevocationReason.allCases.map(\.name).joined(separator: ", "))")
        }
        return reason
    }
}
