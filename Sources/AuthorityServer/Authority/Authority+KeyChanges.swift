import AuthorityKeys
import AuthorityStore
import Issuance
import KeySchedule
import KeyTransparency
import PrivacyPass

/// How keys are changed; all of it blocks and is for the admin queue.
extension Authority {
    /// Makes changes of keys that the log allows, and takes them in. `now` is the time that they were chosen for, read
    /// once from ``AuthorityDatabase/changeTime``. Throws ``AdminRefusal`` while the calendar was moved.
    @discardableResult
    func change(
        _ events: [KeyEvent], at now: UnixTime, deliveries: [VerifierDelivery] = []
    ) throws -> KeyChangeOutcome {
        // What is revoked is revoked, whatever the time.
        guard isClockRight || events.allSatisfy(\.isRevocation) else {
            throw AdminRefusal(
                "the calendar was moved by more than a minute, or is behind what is on record, so no key is changed",
                hint: "check the clock, then start the authority again")
        }
        let outcome = try database.changeKeys(events, at: now, deliveries: deliveries)
        try reload()
        growth.send()
        return outcome
    }

    /// Makes and announces a key with these dates, chosen for the time `now`, after other events, in one transaction.
    func announce(
        _ dates: KeyDates, terms: RotationTerms, at now: UnixTime, secret drawn: IssuerSecret? = nil,
        after events: [KeyEvent] = []
    ) throws -> (record: KeyRecord, outcome: KeyChangeOutcome) {
        let keyring = try openKeyring()
        let secret = try drawn ?? drawSecret(terms.tokenType)
        let record = try KeyRecord(
            capability: terms.capability, tokenType: terms.tokenType, publicKey: secret.publicKey,
            notBefore: dates.notBefore, issueUntil: dates.issueUntil, acceptUntil: dates.acceptUntil)
        let verifiers = try database.verifiers().filter { $0.capabilities.contains(terms.capability) }
        let deliveries = verifiers.compactMap { delivery(of: secret, to: $0) }
        // The file first: a record without its secret would be published and could not issue. Where one was given, it
        // is there.
        if drawn == nil { try keyring.store(secret) }
        do {
            return try (record, change(events + [.announced(record)], at: now, deliveries: deliveries))
        } catch {
            // Only if it is known that there is no record: after a failed commit there may be one.
            if error is KeyInsertionError || error is KeyLogRefusal || error is AdminRefusal {
                _ = try? keyring.destroySecret(of: secret.id)
            }
            throw error
        }
    }

    /// What a verifier gets of a key; `nil` for one that gets nothing of it. The one place where secrets are sealed, so
    /// the one where it is decided who has them.
    func delivery(of secret: IssuerSecret, to verifier: TrustedVerifier) -> VerifierDelivery? {
        guard verifier.gets(secret.tokenKey.tokenType) else { return nil }
        return secret.sealed(to: verifier.identityKey).map {
            VerifierDelivery(verifier: verifier.id, keyID: secret.id, sealed: $0)
        }
    }

    /// The keyring, without which keys can be neither made nor sealed.
    func openKeyring() throws -> AuthorityKeyring {
        guard let keyring else { throw AdminRefusal("this needs the key directory", hint: "name it with --keys") }
        return keyring
    }

    /// The keys of a capability and token type, and the terms that stand for them now, as a plan.
    func plan(_ terms: RotationTerms) -> RotationPlan {
        RotationPlan(terms, keys: standings, revokedFrom: issuer.revokedFrom(terms.capability))
    }

    /// A new secret whose id ends with a byte that no other key in use has.
    private func drawSecret(_ tokenType: TokenType) throws -> IssuerSecret {
        // With one free byte left, this many draws miss it once in ten million times.
        for _ in 0..<4_096 {
            let secret = try IssuerSecret(tokenType)
            if try !database.isTruncatedIDInUse(secret.id.truncated, tokenType: tokenType) { return secret }
        }
        throw AdminRefusal(
            "256 keys are in use, and requests can tell no more apart", hint: "wait until some have ended")
    }
}
