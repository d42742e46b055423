internal import Crypto
internal import CryptoExtras
internal import Foundation

/// A message blinded for one key, with what is needed to finalize it once.
///
/// It lives in memory only: the library gives neither blind nor salt away. Where it is lost, the message is blinded
/// anew, with a new nonce: the same blind with another salt would link both requests.
public struct BlindedMessage: ~Copyable {
    /// What the signer gets, 256 bytes, big-endian.
    public let bytes: [UInt8]

    private let publicKey: BlindRSAPublicKey
    private let key: _RSA.BlindSigning.PublicKey<SHA384>
    private let message: [UInt8]
    private let inverse: _RSA.BlindSigning.BlindingInverse

    init(
        publicKey: BlindRSAPublicKey, key: _RSA.BlindSigning.PublicKey<SHA384>, message: [UInt8],
        result: _RSA.BlindSigning.BlindingResult
    ) {
        self.publicKey = publicKey
        self.key = key
        self.message = message
        bytes = Array(result.blindedMessage)
        inverse = result.inverse
    }

    /// The signature of the message, 256 bytes, out of a blind signature; throws
    /// ``BlindRSAError/invalidBlindSignature`` unless that has 256 bytes, is below the modulus and becomes one that
    /// holds.
    public consuming func finalize(_ blindSignature: [UInt8]) throws(BlindRSAError) -> [UInt8] {
        // The library would reduce it, so that one signature had two forms.
        guard publicKey.isBlindedMessage(blindSignature),
            let signature = try? key.finalize(
                .init(rawRepresentation: blindSignature), for: key.prepare(message), blindingInverse: inverse)
        else { throw .invalidBlindSignature }
        return Array(signature.rawRepresentation)
    }
}
