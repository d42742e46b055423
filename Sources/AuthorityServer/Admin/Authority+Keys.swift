import AuthorityKeys
import AuthorityStore
import Issuance
import KeySchedule
import PrivacyPass

extension Authority {
    func createKey(_ parameters: KeyParameters) throws -> KeySummary {
        let capability = try Self.capability(parameters.capability)
        let now = time.now().wall
        let start = try parameters.notBefore ?? endOfRetiredKeys(of: capability, from: now)
        return try makeKey(
            capability, from: start, epoch: parameters.epoch, acceptance: parameters.acceptance, replacing: nil)
    }

    func retireKey(_ id: String) throws -> KeySummary {
        let key = try storedKey(id)
        guard try database.retireKey(key.record.id) else { throw AdminRefusal("there is no key \(id)") }
        return try summary(storedKey(key.record.id.hexadecimal))
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
        KeySummary(
            id: key.record.id.hexadecimal, record: key.record, state: key.state(at: time.now().wall),
            issued: key.issued,
            isRetired: key.isRetired)
    }

    static func capability(_ name: String) throws -> Capability {
        guard let capability = Capability(name) else {
            throw AdminRefusal(
                "'\(name)' is no name of a capability", hint: "use lower-case letters, digits and hyphens")
        }
        return capability
    }

    /// The keyring, without which keys can be neither made nor sealed.
    func openKeyring() throws -> AuthorityKeyring {
        guard let keyring else { throw AdminRefusal("this needs the key directory", hint: "name it with --keys") }
        return keyring
    }

    private func endOfRetiredKeys(of capability: Capability, from now: UnixTime) throws -> UnixTime {
        let retired = try database.keys().filter { $0.record.capability == capability && $0.isRetired && !$0.isRevoked }
        return retired.map(\.record.issueUntil).reduce(now, max)
    }

    func makeKey(
        _ capability: Capability, from start: UnixTime, epoch: Int64, acceptance: Int64, replacing old: TokenKeyID?
    ) throws -> KeySummary {
        let keyring = try openKeyring()
        let secret = try drawSecret()
        let issueUntil = start.adding(seconds: epoch)
        let record = try KeyRecord(
            capability: capability, tokenType: .voprfRistretto255, publicKey: secret.publicKey, notBefore: start,
            issueUntil: issueUntil, acceptUntil: issueUntil.adding(seconds: acceptance))
        let verifiers = try database.verifiers().filter { $0.capabilities.contains(capability) }
        // The file first: a record without its secret would be published and could not issue.
        try keyring.store(secret)
        do {
            try database.insertKey(
                record, replacing: old, deliveries: verifiers.compactMap { delivery(of: secret, to: $0) })
        } catch let error as KeyInsertionError {
            // Only then is it known that there is no record: after a failed commit there may be one.
            try? keyring.destroySecret(of: secret.id)
            if case .overlaps(let id) = error { throw Self.overlap(id, capability) }
            throw error
        }
        try reload()
        return try summary(storedKey(record.id.hexadecimal))
    }

    func delivery(of secret: IssuerSecret, to verifier: TrustedVerifier) -> VerifierDelivery? {
        secret.sealed(to: verifier.identityKey).map {
            VerifierDelivery(verifier: verifier.id, keyID: secret.id, sealed: $0)
        }
    }

    /// A new secret whose id ends with a byte that no other key in use has.
    private func drawSecret() throws -> IssuerSecret {
        // With one free byte left, this many draws miss it once in ten million times.
        for _ in 0..<4_096 {
            let secret = try IssuerSecret()
            if try !database.isTruncatedIDInUse(secret.id.truncated, tokenType: .voprfRistretto255) { return secret }
        }
        throw AdminRefusal(
            "256 keys are in use, and requests can tell no more apart", hint: "wait until some have ended")
    }

    private static func overlap(_ id: TokenKeyID, _ capability: Capability) -> AdminRefusal {
        AdminRefusal(
            "key \(id.hexadecimal.prefix(16)) of \(capability) issues in the same time",
            hint: "for the next key now: portes key rotate \(capability); for a later one give dates of its own")
    }
}
