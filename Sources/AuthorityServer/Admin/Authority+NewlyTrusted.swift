package import AuthorityStore
import KeyDelivery
import KeySchedule
package import PrivacyPass

extension Authority {
    /// The verifiers that hold public keys alone so far, and would get a secret with the next key of a capability: with
    /// one of this type, or of the type that the capability has.
    ///
    /// One that has no keys at all is not among them: what it was trusted with was said when it was added.
    package func newlyTrusted(
        with capability: Capability, of tokenType: TokenType? = nil
    ) throws -> [TrustedVerifier] {
        let type = tokenType ?? currentTerms(of: capability)?.tokenType ?? .standard
        guard !type.isPubliclyVerifiable else { return [] }
        return try database.verifiers().filter { verifier in
            guard verifier.capabilities.contains(capability), verifier.gets(type) else { return false }
            let keys = try database.deliveriesBlocking(to: verifier.id)?.keys ?? []
            return !keys.isEmpty && keys.allSatisfy(\.sealedSecret.isEmpty)
        }
    }
}
