import AuthorityStore
import KeySchedule
import PrivacyPass

extension Authority {
    /// Makes the next key current now: the announced one if there is one, else a new one with the spans of the old.
    func rotateKey(of name: String) throws -> KeySummary {
        let capability = try Self.capability(name)
        let now = time.now().wall
        let keys = try database.keys().filter { $0.record.capability == capability }
        let old = keys.first { $0.state(at: now) == .issuing }
        // They are sorted by date.
        if let next = keys.first(where: { $0.state(at: now) == .announced }) {
            return try begin(next.record, at: now, replacing: old?.record.id)
        }
        guard let old else {
            throw AdminRefusal(
                "no key of \(capability) issues now", hint: "make one: portes key create --capability \(capability)")
        }
        guard !old.isRetired else {
            throw AdminRefusal(
                "key \(old.record.id.hexadecimal.prefix(16)) of \(capability) is retired: retire makes no successor",
                hint: "announce the next key with portes key create --capability \(capability); then rotate works")
        }
        // The present key still has the dates it was made with, so its successor lasts as long.
        return try makeKey(
            capability, from: now, epoch: old.record.issueUntil.seconds(since: old.record.notBefore),
            acceptance: old.record.acceptUntil.seconds(since: old.record.issueUntil), replacing: old.record.id)
    }

    /// Lets an announced key begin at `now`, with the spans it was made with.
    private func begin(_ record: KeyRecord, at now: UnixTime, replacing old: TokenKeyID?) throws -> KeySummary {
        let early = now.seconds(since: record.notBefore)
        try database.advanceKey(
            KeyRecord(
                capability: record.capability, tokenType: record.tokenType, publicKey: record.publicKey,
                notBefore: now, issueUntil: record.issueUntil.adding(seconds: early),
                acceptUntil: record.acceptUntil.adding(seconds: early)),
            replacing: old)
        try reload()
        return try summary(storedKey(record.id.hexadecimal))
    }
}
