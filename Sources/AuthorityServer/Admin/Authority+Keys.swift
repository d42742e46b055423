import AuthorityKeys
import AuthorityStore
import Issuance
import KeySchedule
import KeyTransparency
import PrivacyPass

extension Authority {
    /// Publishes the terms of a capability and makes its first key, or the next one after a retired one.
    ///
    /// Where `secret` is given it is that of the key, and lies in the key directory already.
    func createKey(_ parameters: KeyParameters, secret: IssuerSecret? = nil) throws -> KeySummary {
        let capability = try Self.capability(parameters.capability)
        let terms = try parameters.terms(
            for: capability, secret?.tokenKey.tokenType ?? tokenType(parameters, of: capability))
        let history = database.keyHistory
        guard !terms.isDevelopment || history.isDevelopment || history.terms.isEmpty else {
            throw AdminRefusal(
                "the key log promises dates, and with one key for development apps elsewhere would refuse all its keys",
                hint: "try things out with another authority, in a --data and --keys of its own")
        }
        try checkOneType(terms)
        let now = database.changeTime
        if let day = issuer.revokedFrom(capability), day <= parameters.notBefore ?? now {
            throw AdminRefusal.capabilityRevoked(capability, from: day)
        }
        let keys = standings.filter { $0.record.capability == capability && $0.record.tokenType == terms.tokenType }
        let plan = RotationPlan(terms, keys: keys)
        let live = keys.filter { [.announced, .issuing].contains($0.state(at: now)) }
        if let next = live.last, !terms.isDevelopment, !plan.isRetired {
            throw AdminRefusal(
                "the keys of \(capability) rotate by themselves: \(next.record.id.hexadecimal.prefix(16)) is not the last",
                hint: "see what will happen, and when: portes key plan; to change the terms use the configuration file")
        }
        let start = parameters.notBefore ?? successorStart(of: live, terms: terms, at: now)
        if let other = live.first(where: { $0.record.issues(in: KeyDates(from: start, terms: terms)) }) {
            throw Self.overlap(other.record.id, capability)
        }
        let known = database.keyHistory.terms[KeyHistory.Purpose(capability, terms.tokenType)]
        let record = try announce(
            KeyDates(from: start, terms: terms), terms: terms, at: now, secret: secret,
            after: known == terms ? [] : [.terms(terms)]
        ).record
        return try summary(storedKey(record.id.hexadecimal))
    }

    /// The type that is asked for, or that the capability's keys have, or 0x0005.
    private func tokenType(_ parameters: KeyParameters, of capability: Capability) -> TokenType {
        parameters.tokenType.map { TokenType(rawValue: $0) } ?? currentTerms(of: capability)?.tokenType
            ?? .standard
    }

    /// When the key after those that live begins: at once if there is none.
    private func successorStart(of live: [KeyStanding], terms: RotationTerms, at now: UnixTime) -> UnixTime {
        guard let last = live.map(\.record.issueUntil).max() else {
            let isAccepting = standings.contains {
                $0.record.capability == terms.capability && $0.state(at: now) == .accepting
            }
            return isAccepting && !terms.isDevelopment ? now.adding(seconds: terms.announcement) : now
        }
        return terms.isDevelopment ? last : max(last, now.adding(seconds: terms.announcement))
    }

    func retireKey(_ id: String) throws -> KeySummary {
        let key = try storedKey(id)
        if let next = successor(of: key.record) {
            throw AdminRefusal(
                "key \(key.record.id.hexadecimal.prefix(16)) has a successor already: \(next.id.hexadecimal.prefix(16))",
                hint: "retire that one: portes key retire \(next.id.hexadecimal.prefix(16))")
        }
        guard try database.retireKey(key.record.id) else { throw AdminRefusal("there is no key \(id)") }
        try reload()
        return try summary(storedKey(key.record.id.hexadecimal))
    }

    /// The last of the keys that were made to follow a key, if any was.
    private func successor(of record: KeyRecord) -> KeyRecord? {
        standings.filter {
            $0.record.capability == record.capability && $0.record.tokenType == record.tokenType && !$0.isRevoked
                && $0.record.notBefore > record.notBefore
        }.map(\.record).max { $0.notBefore < $1.notBefore }
    }

    /// The key whose id begins with these digits.
    func storedKey(_ digits: String) throws -> StoredKey {
        let digits = digits.lowercased()
        let found = try database.keys().filter { $0.record.id.hexadecimal.hasPrefix(digits) }
        guard let key = found.first else {
            throw AdminRefusal("no key's id begins with \(digits)", hint: "see: portes key list")
        }
        guard found.count == 1 else {
            throw AdminRefusal("more than one key's id begins with \(digits)", hint: "give more of its digits")
        }
        return key
    }

    func summary(_ key: StoredKey) -> KeySummary {
        let now = time.now().wall
        return KeySummary(
            id: key.record.id.hexadecimal, record: key.record, state: key.state(at: now), issued: key.issued,
            isRetired: key.isRetired, redeemed: database.keyHistory.keys[key.record.id]?.redeemed, now: now)
    }

    static func capability(_ name: String) throws -> Capability {
        guard let capability = Capability(name) else {
            throw AdminRefusal(
                "'\(name)' is no name of a capability", hint: "use lower-case letters, digits and hyphens")
        }
        return capability
    }

    private static func overlap(_ id: TokenKeyID, _ capability: Capability) -> AdminRefusal {
        AdminRefusal(
            "key \(id.hexadecimal.prefix(16)) of \(capability) issues in the same time",
            hint: "for the next key now: portes key rotate \(capability); for a later one give dates of its own")
    }
}

extension KeyParameters {
    /// The terms that the parameters stand for with tokens of a type; throws ``AdminRefusal``.
    func terms(for capability: Capability, _ tokenType: TokenType) throws(AdminRefusal) -> RotationTerms {
        let terms = RotationTerms(
            capability: capability, tokenType: tokenType, epoch: epoch, acceptance: acceptance,
            announcement: announcement ?? Self.standardAnnouncement(epoch: epoch), isDevelopment: isDevelopment)
        guard let terms else {
            throw AdminRefusal("an epoch, acceptance or announcement is out of range", hint: "each has at most 10 years")
        }
        try terms.check()
        return terms
    }

    /// How long a key is announced where nobody said it: a day, or a quarter of an epoch of less than four.
    package static func standardAnnouncement(epoch: Int64) -> Int64 { min(86_400, max(0, epoch) / 4) }
}

extension RotationTerms {
    /// Throws ``AdminRefusal`` if a schedule under these terms would break the rules of the log.
    package func check() throws(AdminRefusal) {
        guard keepsThreeKeys || isDevelopment else {
            throw AdminRefusal(
                "with these spans more than three keys of \(capability) would be live at a time",
                hint: "make acceptance plus announcement at most \(longestTail) seconds, twice the epoch less \(margin)")
        }
    }
}

extension KeyRecord {
    /// Whether there is a time at which both keys issue.
    fileprivate func issues(in dates: KeyDates) -> Bool {
        notBefore < dates.issueUntil && dates.notBefore < issueUntil
    }
}
