public import KeySchedule
public import LibSodium
internal import PrivacyPass

/// A key that tokens are verified with: its public record, and for the VOPRF types its secret.
///
/// Whoever holds the secret can also make tokens with it. Keys of type 0x0002 are verified without one, see
/// ``PublicVerificationKey``.
public final class VerificationKey: Sendable {
    /// What is public about the key.
    public let record: KeyRecord
    /// Whether tokens could be made with it.
    let hasSecret: Bool
    private let verification: any AuthenticatorVerification

    /// Why a record and a secret do not make a key.
    public enum KeyError: Error, Sendable, Hashable {
        /// The record is of a token type that is not verified here.
        case unsupportedTokenType
        /// The secret is not a private key of the record's type: for type 0x0005 a scalar of 32 bytes, little-endian,
        /// for 0x0001 one of 48 bytes, big-endian, from 1 to the group order less one.
        case invalidSecret
        /// The secret belongs to another public key than the record's.
        case mismatch
        /// Tokens of the record's type are verified with the public key, and its secret belongs at the issuer alone.
        case needsNoSecret
    }

    /// A key from its record and its secret, which must match.
    public init(record: KeyRecord, secret: borrowing SecretBytes) throws(KeyError) {
        guard let scheme = record.tokenType.scheme else { throw .unsupportedTokenType }
        guard !scheme.isPubliclyVerifiable else { throw .needsNoSecret }
        let privateKey: any TokenPrivateKey
        do {
            privateKey = try scheme.privateKey(decoding: secret)
        } catch {
            throw .invalidSecret
        }
        guard privateKey.publicKey == record.publicKey else { throw .mismatch }
        self.record = record
        hasSecret = true
        verification = privateKey
    }

    /// A key that needs no secret.
    public init(_ key: PublicVerificationKey) {
        record = key.record
        hasSecret = false
        verification = key.verification
    }

    /// Whether the key made this authenticator over the 98 bytes of this input; constant-time in key and authenticator
    /// where there are secrets in it.
    func made(_ authenticator: [UInt8], over input: [UInt8]) -> Bool { verification.made(authenticator, over: input) }
}

extension VerificationKey: CustomStringConvertible, CustomReflectable {
    /// Says only that this is a key.
    public var description: String { "VerificationKey" }
    /// Shows no part of the key.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
