/// Why bytes are of no use to a blind RSA operation.
public enum BlindRSAError: Error, Sendable, Hashable {
    /// A public key is not the one form that is taken: an RSASSA-PSS key of 2048 bits with SHA-384 and salts of 48
    /// bytes.
    case invalidPublicKey
    /// A private key is not one of 2048 bits and the exponent 65537.
    case invalidPrivateKey
    /// A blinded message has not 256 bytes, or is not below the modulus.
    case invalidBlindedMessage
    /// A blind signature has not 256 bytes, or does not become a signature of the message.
    case invalidBlindSignature
    /// The library could not blind a message, as for lack of random bytes.
    case blindingFailed
}
