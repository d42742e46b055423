public import KeySchedule
internal import PrivacyPass

/// A key that tokens are verified with in public: its record, as the issuer's key log has it, is all there is to it.
///
/// There is one for type 0x0002 (blind RSA). Nobody can make tokens with it.
public struct PublicVerificationKey: Sendable {
    /// What is public about the key.
    public let record: KeyRecord
    let verification: any AuthenticatorVerification

    /// Why a record does not make a key.
    public enum KeyError: Error, Sendable, Hashable {
        /// Tokens of the record's type take a secret to verify, or are not verified here.
        case notPubliclyVerifiable
    }

    /// The key of a record.
    public init(record: KeyRecord) throws(KeyError) {
        guard let verification = record.tokenType.scheme?.publicVerification(publicKey: record.publicKey) else {
            throw .notPubliclyVerifiable
        }
        self.record = record
        self.verification = verification
    }
}
