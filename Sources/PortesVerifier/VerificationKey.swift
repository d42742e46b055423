public import KeySchedule
public import LibSodium
internal import PrivacyPass
internal import VOPRF

/// A key that tokens are verified with: its public record, and its secret in guarded memory.
///
/// Whoever holds the secret of a type 0x0005 key can also make tokens with it.
public final class VerificationKey: Sendable {
    /// What is public about the key.
    public let record: KeyRecord
    private let secret: ServerPrivateKey

    /// Why a record and a secret do not make a key.
    public enum KeyError: Error, Sendable, Hashable {
        /// The record is of a token type that is not verified here.
        case unsupportedTokenType
        /// The secret is not a private key of the record's type: for type 0x0005 a scalar of 32 bytes, little-endian,
        /// from 1 to the group order less one.
        case invalidSecret
        /// The secret belongs to another public key than the record's.
        case mismatch
    }

    /// A key from its record and its secret, which must match.
    public init(record: KeyRecord, secret: borrowing SecretBytes) throws(KeyError) {
        guard record.tokenType == .voprfRistretto255 else { throw .unsupportedTokenType }
        let privateKey: ServerPrivateKey
        do {
            privateKey = try ServerPrivateKey(decoding: secret)
        } catch {
            throw .invalidSecret
        }
        guard privateKey.publicKey.encoded.bytes == record.publicKey else { throw .mismatch }
        self.record = record
        self.secret = privateKey
    }

    /// Whether the key made this authenticator over this input; constant-time in key and authenticator.
    func made(_ authenticator: [UInt8], over input: AuthenticatorInput) -> Bool {
        guard let presented = Bytes64(authenticator), let expected = try? secret.evaluate(input.encoded) else {
            return false
        }
        return ConstantTime.areEqual(presented, expected)
    }
}

extension VerificationKey: CustomStringConvertible, CustomReflectable {
    /// Says only that this is a key.
    public var description: String { "VerificationKey" }
    /// Shows no part of the key.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
