import AuthorityKeys
import AuthorityStore
import Issuance
import KeyDelivery
import KeySchedule
import PrivacyPass

extension Authority {
    func addVerifier(
        _ name: String, publicKey: String, capabilities: [String], isPublicOnly: Bool
    ) throws -> VerifierSummary {
        let capabilities = try capabilities.map(Self.capability)
        let trusted = TrustedVerifier(
            name: name, identityText: publicKey, capabilities: capabilities, isPublicOnly: isPublicOnly)
        guard let verifier = trusted else {
            throw AdminRefusal("that is no identity", hint: "print it with: portes clearing identity")
        }
        _ = try openKeyring()
        let (issuer, now) = (issuer, time.now().wall)
        let wanted = issuer.records.filter {
            verifier.capabilities.contains($0.capability)
                && ![.ended, .revoked].contains(issuer.state(of: $0, at: now))
        }
        let sealed = secrets.filter { secret in wanted.contains { $0.id == secret.id } }
            .compactMap { delivery(of: $0, to: verifier) }
        do {
            try database.insertVerifier(verifier, deliveries: sealed)
        } catch is VerifierExists {
            throw AdminRefusal(
                "this name or this identity key is trusted already",
                hint: """
                    see portes verifier list; to change its capabilities, remove it and add it again with all of them, \
                    which interrupts nothing
                    """)
        } catch is VerifierRevoked {
            throw AdminRefusal(
                "the trust in this identity is revoked, for good",
                hint: "start that server with a new --data directory, which gives it a new identity, and trust that")
        }
        return VerifierSummary(verifier)
    }

    func removeVerifier(_ name: String) throws -> VerifierSummary {
        let verifier = try verifier(named: name)
        _ = try database.removeVerifier(named: name)
        return VerifierSummary(verifier)
    }

    func exportKeys(to name: String) throws -> String {
        let verifier = try verifier(named: name)
        guard let state = try database.deliveriesBlocking(to: verifier.id) else {
            throw AdminRefusal("no verifier is called \(name)")
        }
        return try signedDelivery(to: verifier.id, sequence: state.sequence, keys: state.keys)
    }

    /// The keys that are sealed to a verifier as the signed document that it reads.
    func signedDelivery(to verifier: VerifierID, sequence: UInt64, keys: [DeliveredKey]) throws -> String {
        guard let signing else { throw AdminRefusal("this needs the key directory", hint: "name it with --keys") }
        guard let issuerName else {
            throw AdminRefusal(
                "this authority has no name yet", hint: "start it once: portes authority run --name HOST")
        }
        let isPublicOnly = try database.verifiers().first { $0.id == verifier }?.isPublicOnly ?? false
        return signing.sign(
            KeyDeliveryDocument(
                issuer: issuerName.text, verifier: verifier, sequence: sequence, revocationKey: signing.revocationKey,
                keys: keys, isPublicOnly: isPublicOnly))
    }

    func verifier(named name: String) throws -> TrustedVerifier {
        guard let verifier = try database.verifiers().first(where: { $0.name == name }) else {
            throw AdminRefusal("no verifier is called \(name)", hint: "see: portes verifier list")
        }
        return verifier
    }
}

extension VerifierSummary {
    init(_ verifier: TrustedVerifier) {
        self.init(
            name: verifier.name, id: verifier.id.text, publicKey: verifier.identityText,
            capabilities: verifier.capabilities.map(\.name), isPublicOnly: verifier.isPublicOnly)
    }
}
