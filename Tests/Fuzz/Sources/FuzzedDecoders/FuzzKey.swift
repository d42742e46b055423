import JOSE
import LibSodium

/// The key that signs in the fuzzer: always the same, so that a saved input stays what it was.
public enum FuzzKey {
    private final class Holder: Sendable {
        let key: Ed25519.PrivateKey

        init() {
            guard let key = Ed25519.PrivateKey(seed: SecretBytes(copying: [UInt8](repeating: 1, count: 32))) else {
                preconditionFailure("32 bytes are a seed")
            }
            self.key = key
        }
    }

    private static let holder = Holder()

    /// The private key.
    static var key: Ed25519.PrivateKey { _read { yield holder.key } }
    /// The public key.
    static var publicKey: Ed25519.PublicKey { holder.key.publicKey }

    /// A payload, signed.
    public static func sign(_ payload: [UInt8], _ purpose: SigningPurpose) -> String {
        JSONWebSignature.sign(payload: payload, purpose: purpose, key: holder.key)
    }

    /// The payload of a text that was signed here.
    static func payload(_ text: String, _ purpose: SigningPurpose) -> [UInt8] {
        guard let payload = try? JSONWebSignature.verify(text, purpose: purpose, key: publicKey) else {
            preconditionFailure("what was signed here does not verify")
        }
        return payload
    }
}
