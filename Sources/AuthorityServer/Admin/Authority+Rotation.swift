import AuthorityStore
package import KeySchedule
import KeyTransparency
import PrivacyPass

extension Authority {
    /// Makes the next key of a capability whose terms are for development current now: the announced one if there is
    /// one, else a new one. Others rotate by themselves, at the dates that were published.
    func rotateKey(of name: String) throws -> KeySummary {
        let capability = try Self.capability(name)
        let now = database.changeTime
        guard let terms = currentTerms(of: capability) else {
            throw AdminRefusal(
                "no key of \(capability) issues now", hint: "make one: portes key create --capability \(capability)")
        }
        try checkOneType(terms)
        guard terms.isDevelopment else {
            throw AdminRefusal(
                "the dates of \(capability)'s keys are published, and do not move earlier",
                hint: """
                    its keys rotate by themselves: see portes key plan; if something is wrong with one, revoke it: \
                    portes key revoke ID; only keys made with portes key create --development rotate at any time
                    """)
        }
        let keys = standings.filter { $0.record.capability == capability && $0.record.tokenType == terms.tokenType }
        let old = keys.first { $0.state(at: now) == .issuing }
        let ending = old.map { [KeyEvent.rescheduled($0.record.endingIssuance(at: now))] } ?? []
        let id: TokenKeyID
        let announced = keys.filter { $0.state(at: now) == .announced }
        if let next = announced.min(by: { $0.record.notBefore < $1.record.notBefore }) {
            try change(ending + [.rescheduled(next.record.beginning(at: now))], at: now)
            id = next.record.id
        } else {
            id = try makeSuccessor(of: old, terms: terms, after: ending, at: now)
        }
        return try summary(storedKey(id.hexadecimal))
    }

    private func makeSuccessor(
        of old: KeyStanding?, terms: RotationTerms, after events: [KeyEvent], at now: UnixTime
    ) throws -> TokenKeyID {
        let capability = terms.capability
        guard let old else {
            throw AdminRefusal(
                "no key of \(capability) issues now", hint: "make one: portes key create --capability \(capability)")
        }
        guard !old.isRetired else {
            throw AdminRefusal(
                "key \(old.record.id.hexadecimal.prefix(16)) of \(capability) is retired: retire makes no successor",
                hint: "announce the next key with portes key create --capability \(capability); then rotate works")
        }
        return try announce(KeyDates(from: now, terms: terms), terms: terms, at: now, after: events).record.id
    }

    /// What became of the keys that were due.
    struct DueKeys: Sendable {
        /// The keys that were made.
        var made: [KeyRecord] = []
        /// The capabilities whose key could not be made, each with the reason.
        var failures: [String] = []
    }

    /// Makes the keys whose time has come, and brings forward what takes a revoked key's place; blocks: for the admin
    /// queue. What fails for one capability does not keep the others from theirs.
    func rotateDueKeys() -> DueKeys {
        var due = DueKeys()
        for terms in database.keyHistory.terms.values {
            do {
                due.made += try rotate(terms)
            } catch {
                due.failures.append("\(terms.capability): \(AdminRefusal(error).message)")
            }
        }
        return due
    }

    private func rotate(_ terms: RotationTerms) throws -> [KeyRecord] {
        let now = database.changeTime
        if let event = plan(terms).bringingForward(at: now) { try change([event], at: now) }
        var made: [KeyRecord] = []
        // After a long pause more than one may be due.
        for _ in 0..<RotationPlan.mostDueKeys {
            guard let dates = plan(terms).keyToMake(at: now) else { break }
            made.append(try announce(dates, terms: terms, at: now).record)
        }
        return made
    }
}

extension Authority {
    /// Makes the keys whose time has come, as a running authority does by itself. Blocks; throws ``AdminRefusal`` for
    /// what could not be made.
    package func makeDueKeys() throws -> [KeyRecord] {
        let due = adminQueueSync { rotateDueKeys() }
        guard let failure = due.failures.first else { return due.made }
        throw AdminRefusal("no next key can be made: \(failure)")
    }
}

extension RotationPlan {
    /// How many keys of a capability can be due at one time: one that issues at once, and its successor.
    static let mostDueKeys = 2

    /// The event that lets an announced key take a revoked one's place, if there is such a key.
    func bringingForward(at now: UnixTime) -> KeyEvent? {
        keyToBringForward(at: now).map { .rescheduled($0.key.record.beginning(early: $0.notBefore)) }
    }
}

extension KeyRecord {
    /// The same key from `start` on, until its published dates.
    func beginning(early start: UnixTime) -> KeyRecord { moved(to: start, by: 0) }

    /// The same key from `start` on, for as long as it was made for.
    func beginning(at start: UnixTime) -> KeyRecord { moved(to: start, by: start.seconds(since: notBefore)) }

    private func moved(to start: UnixTime, by seconds: Int64) -> KeyRecord {
        let record = try? KeyRecord(
            capability: capability, tokenType: tokenType, publicKey: publicKey, notBefore: start,
            issueUntil: issueUntil.adding(seconds: seconds), acceptUntil: acceptUntil.adding(seconds: seconds))
        guard let record else { preconditionFailure("a key begins before it ends") }
        return record
    }
}
