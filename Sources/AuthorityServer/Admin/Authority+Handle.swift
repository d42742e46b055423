import AuthorityStore
import KeySchedule
import KeyTransparency
import PrivacyPass

extension AdminRequest {
    /// Whether the request can only be carried out with the key directory open.
    package var needsKeys: Bool {
        switch self {
        case .createKey, .importKey, .rotateKey, .revokeKey, .addVerifier, .exportKeys, .exportLog: true
        default: false
        }
    }

    /// Whether the request can be carried out though secrets are missing in the key directory: a key whose secret is
    /// lost can be given up.
    package var toleratesMissingKeys: Bool {
        if case .revokeKey = self { true } else { false }
    }
}

extension Authority {
    /// Carries out a request. Blocks: for the admin queue.
    func reply(to request: AdminRequest) -> AdminReply {
        do {
            try request.check(at: time.now().wall)
            return try perform(request)
        } catch {
            let refusal = AdminRefusal(error)
            return .refused(message: refusal.message, hint: refusal.hint)
        }
    }

    private func perform(_ request: AdminRequest) throws -> AdminReply {
        switch request {
        case .createKey(let parameters): try .key(createKey(parameters))
        case .importKey(let parameters, let id): try .key(importKey(parameters, id: id))
        case .takeInventory: try .inventory(inventory())
        case .listKeys: try .keys(database.keys().map(summary))
        case .findKey(let id): try .key(summary(storedKey(id)))
        case .rotateKey(let capability): try .key(rotateKey(of: capability))
        case .retireKey(let id): try .key(retireKey(id))
        case .revokeKey(let id, let reason): try .keyRevocation(revokeKey(id, reason: reason))
        case .previewRevocation(let id, let reason): try .keyRevocation(previewRevocation(id, reason: reason))
        case .planKeys(let days): .plan(planKeys(days: days))
        case .exportKeys(let verifier): try .delivery(exportKeys(to: verifier))
        case .addVerifier(let name, let publicKey, let capabilities, let isPublicOnly):
            try .verifier(
                addVerifier(name, publicKey: publicKey, capabilities: capabilities, isPublicOnly: isPublicOnly),
                withoutKey: withoutKey(capabilities), withoutSecret: isPublicOnly ? withSecret(capabilities) : [])
        case .findNewlyTrusted(let capability, let type):
            try .verifiers(
                newlyTrusted(with: Self.capability(capability), of: type.map { TokenType(rawValue: $0) })
                    .map(VerifierSummary.init))
        case .listVerifiers: try .verifiers(database.verifiers().map(VerifierSummary.init))
        case .findVerifier(let name): try .verifier(VerifierSummary(verifier(named: name)))
        case .removeVerifier(let name): try .verifier(removeVerifier(name))
        case .revokeVerifier(let name, let reason): try .revocation(revokeVerifier(name, reason: reason))
        case .revokeCapability(let name, let from, let reason):
            try .revocation(revokeCapability(name, from: from, reason: reason))
        case .createVouchers(let capability, let tokens, let count):
            try .voucherCodes(
                createVouchers(capability, tokens: tokens, count: count), withoutKey: withoutKey([capability]))
        case .listVouchers: try .vouchers(database.vouchers().map(VoucherSummary.init))
        case .findVoucher(let id): try .voucher(VoucherSummary(storedVoucher(id)))
        case .revokeVoucher(let id): try .voucher(revokeVoucher(id))
        case .revokeToken(let nullifier, let keyID, let reason):
            try .revocation(revokeToken(nullifier, keyID: keyID, reason: reason))
        case .listRevocations(let after): try .revocations(listRevocations(after: after))
        case .exportLog: try .logExport(exportLog())
        // Copied piece by piece between other requests, see ``handle(_:)``.
        case .takeSnapshot: .snapshot
        case .describe: try .authority(describe())
        }
    }

    /// Those of the capabilities that no key issues, now or later.
    private func withoutKey(_ capabilities: [String]) throws -> [String] {
        let now = time.now().wall
        let issued = try database.keys().filter { [.announced, .issuing].contains($0.state(at: now)) }
        return Set(capabilities).subtracting(issued.map(\.record.capability.name)).sorted()
    }

    /// Those of the capabilities that have live keys which take a secret to verify.
    private func withSecret(_ capabilities: [String]) throws -> [String] {
        let now = time.now().wall
        let secret = try database.keys().filter {
            ![.ended, .revoked].contains($0.state(at: now)) && !$0.record.tokenType.isPubliclyVerifiable
        }
        return Set(capabilities).intersection(secret.map(\.record.capability.name)).sorted()
    }

    private func describe() throws -> AuthoritySummary {
        let settings = try database.settings()
        guard let name = settings.issuerName, let deliveryKey = settings.deliveryKeyText,
            let logKey = settings.verificationKey(of: .keys), let revocationKey = settings.revocationKeyText
        else {
            throw AdminRefusal(
                "this authority has no name yet", hint: "start it once: portes authority run --name HOST")
        }
        return AuthoritySummary(
            issuer: name.text, deliveryKey: deliveryKey, logKey: logKey.verifierKey, revocationKey: revocationKey)
    }
}
