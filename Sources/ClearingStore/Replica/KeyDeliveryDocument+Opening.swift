internal import KeyDelivery
internal import JOSE
internal import KeySchedule
internal import LibSodium
internal import PortesVerifier
internal import PrivacyPass

extension KeyDeliveryDocument {
    /// The document in a text signed by the pinned authority.
    init(verifying text: String, authority: AuthorityKey?) throws(ReplicationError) {
        guard let authority else { throw .noAuthority }
        do {
            try self.init(verifying: text, key: authority.publicKey)
        } catch {
            throw .signature(error)
        }
    }

    /// The keys with their secrets, each checked against its public key.
    func opened(with identity: ClearingIdentity) throws(ReplicationError) -> [VerificationKey] {
        guard verifier == identity.id else { throw .anotherVerifier }
        var opened: [VerificationKey] = []
        for key in keys {
            if key.record.tokenType.isPubliclyVerifiable {
                guard key.sealedSecret.isEmpty, let open = try? PublicVerificationKey(record: key.record) else {
                    throw .wrongSecret
                }
                opened.append(VerificationKey(open))
                continue
            }
            let secret: SecretBytes
            do {
                secret = try identity.open(key.sealedSecret)
            } catch {
                throw .sealedForAnother
            }
            do {
                opened.append(try VerificationKey(record: key.record, secret: secret))
            } catch {
                throw .wrongSecret
            }
        }
        return opened
    }
}
