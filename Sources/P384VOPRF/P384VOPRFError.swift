/// Why bytes are of no use to a VOPRF operation over P-384.
public enum P384VOPRFError: Error, Sendable, Hashable {
    /// A public key is not a compressed point of the curve, 49 bytes.
    case invalidPublicKey
    /// A private key is not a scalar from 1 to the group order less one, 48 bytes big-endian.
    case invalidPrivateKey
    /// A blinded element is not a compressed point of the curve, 49 bytes.
    case invalidElement
    /// An evaluation has not 145 bytes, or they are not a compressed point and two scalars from 1 to the group order
    /// less one.
    case invalidEvaluation
    /// The proof of an evaluation does not hold: another key was used, or another element evaluated.
    case invalidProof
    /// An input has more than 65,535 bytes, or the library could not blind it.
    case blindingFailed
    /// An input has more than 65,535 bytes, or the library could not evaluate.
    case evaluationFailed
}
