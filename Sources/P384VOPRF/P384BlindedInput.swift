internal import Crypto
internal import CryptoExtras
internal import Foundation

/// An input blinded for one key, with what is needed to finalize it once.
///
/// It lives in memory only: the library does not give the blind away. Where it is lost, a new input is blinded.
///
/// Sendable: nothing in it changes before it is consumed.
public struct P384BlindedInput: ~Copyable, @unchecked Sendable {
    /// The number of bytes of an evaluation: 145.
    public static let evaluationCount = EvaluationParts.encodedCount

    /// What the issuer gets: the blinded element, 49 bytes.
    public let element: [UInt8]

    private let publicKey: P384PublicKey
    private let key: LibraryPublicKey
    private let blinded: P384._VOPRF.BlindedInput

    init(publicKey: P384PublicKey, key: LibraryPublicKey, blinded: P384._VOPRF.BlindedInput) {
        element = Array(blinded.blindedElement.oprfRepresentation)
        self.publicKey = publicKey
        self.key = key
        self.blinded = blinded
    }

    /// The output for the input, 48 secret bytes (RFC 9497, section 3.3.2), out of an evaluation: the evaluated
    /// element, 49 bytes, and the proof, two scalars of 48 bytes, big-endian. Some milliseconds.
    ///
    /// Throws ``P384VOPRFError/invalidEvaluation`` for bytes that are no evaluation, and
    /// ``P384VOPRFError/invalidProof`` unless the proof holds for the key and the blinded element.
    public consuming func finalize(_ evaluation: [UInt8]) throws(P384VOPRFError) -> [UInt8] {
        let parts = try EvaluationParts(evaluation)
        guard parts.canBeChecked(publicKey: publicKey.encoded, blinded: element),
            let library = try? P384._VOPRF.BlindEvaluation(rawRepresentation: evaluation),
            var output = try? key.key.finalize(blinded, using: library)
        else { throw .invalidProof }
        defer { output.resetBytes(in: output.startIndex..<output.endIndex) }
        return Array(output)
    }
}
