internal import Crypto
internal import CryptoExtras
internal import Foundation
public import LibSodium

/// The private key of a token issuer of type 0x0001: a scalar from 1 to the group order less one.
///
/// The number is the library's to keep and to wipe, outside of guarded memory. The library multiplies points by it in
/// constant time; the response of a proof it computes with general arithmetic, whose time may depend on the key. An
/// evaluation takes some milliseconds: it belongs on no event loop.
///
/// Sendable: the library's key is a `let`, and no call changes what the library holds in it, a BoringSSL key and a
/// number; scratch memory is one for each thread.
public final class P384PrivateKey: @unchecked Sendable {
    /// The number of bytes of an encoded key.
    public static let encodedCount = 48
    /// Nh: the number of bytes of an output.
    public static let outputCount = 48

    /// The public key.
    public let publicKey: P384PublicKey
    private let key: P384._VOPRF.PrivateKey

    /// A new random key. Throws ``P384VOPRFError/invalidPrivateKey`` if the library makes none.
    public convenience init() throws(P384VOPRFError) {
        // Not only keys whose point has a compact representation, of which there are half as many.
        try self.init(key: P384._VOPRF.PrivateKey(compactRepresentable: false))
    }

    /// The key with this scalar, 48 secret bytes big-endian; throws ``P384VOPRFError/invalidPrivateKey`` unless it is
    /// from 1 to the group order less one.
    public convenience init(decoding scalar: borrowing SecretBytes) throws(P384VOPRFError) {
        guard scalar.count == Self.encodedCount,
            let key = try? scalar.withUnsafeBytes({ try P384._VOPRF.PrivateKey(rawRepresentation: $0) })
        else { throw .invalidPrivateKey }
        try self.init(key: key)
    }

    private init(key: P384._VOPRF.PrivateKey) throws(P384VOPRFError) {
        do {
            publicKey = try P384PublicKey(decoding: Array(key.publicKey.oprfRepresentation))
        } catch {
            throw .invalidPrivateKey
        }
        self.key = key
    }

    /// The scalar, 48 bytes big-endian, in guarded memory of its own.
    public func encoded() -> SecretBytes {
        var scalar = key.rawRepresentation
        defer { scalar.resetBytes(in: scalar.startIndex..<scalar.endIndex) }
        return SecretBytes(count: scalar.count) { $0.copyBytes(from: scalar) }
    }

    /// Evaluates a blinded element, 49 bytes (RFC 9497, section 3.3.2): the evaluated element, 49 bytes, and the proof,
    /// two scalars of 48 bytes. Throws ``P384VOPRFError/invalidElement`` for what ``P384Element/isValid(_:)`` refuses.
    public func evaluate(blinded element: [UInt8]) throws(P384VOPRFError) -> [UInt8] {
        guard let element = P384Element.library(element) else { throw .invalidElement }
        guard let evaluation = try? key.evaluate(element) else { throw .evaluationFailed }
        return Array(evaluation.rawRepresentation)
    }

    /// The output for an input of at most 65,535 bytes (RFC 9497, section 3.3.2, Evaluate), 48 secret bytes: compare
    /// them in constant time. Throws ``P384VOPRFError/evaluationFailed`` for a longer input.
    public func evaluate(_ input: [UInt8]) throws(P384VOPRFError) -> [UInt8] {
        // The library stops the process over a length that two bytes do not hold.
        guard input.count <= UInt16.max, var output = try? key.evaluate(input) else { throw .evaluationFailed }
        defer { output.resetBytes(in: output.startIndex..<output.endIndex) }
        return Array(output)
    }
}
