internal import LibSodium
internal import P384VOPRF
internal import Synchronization

extension TokenType {
    /// VOPRF (P-384, SHA-384), 0x0001 (RFC 9578, section 5).
    public static let voprfP384 = TokenType(rawValue: 0x0001)
}

/// Token type 0x0001: VOPRF over P-384 with SHA-384 (RFC 9497), for clients that know no other of this kind.
struct P384VOPRFScheme: TokenScheme {
    let tokenType = TokenType.voprfP384
    let name = "VOPRF (P-384, SHA-384)"
    let authenticatorCount = P384PrivateKey.outputCount
    let publicKeyCount = P384PublicKey.encodedCount
    let blindedMessageCount = P384Element.encodedCount
    let responseCount = P384BlindedInput.evaluationCount
    let secretForm = TokenSecretForm.scalar(count: 48, group: "P-384", order: "big-endian")
    let blindedMessageName = "blinded_element"
    let responseParts: [(name: String, count: Int)] = [
        ("evaluated_element", P384Element.encodedCount),
        ("proof", P384BlindedInput.evaluationCount - P384Element.encodedCount),
    ]

    func isPublicKey(_ bytes: [UInt8]) -> Bool { (try? P384PublicKey(decoding: bytes)) != nil }
    func isBlindedMessage(_ bytes: [UInt8]) -> Bool { P384Element.isValid(bytes) }
    func isResponse(_ bytes: [UInt8]) -> Bool { bytes.count == responseCount }

    func blind(_ inputs: [[UInt8]], publicKey: [UInt8]) throws(TokenSchemeError) -> [any TokenBlinding] {
        guard let key = try? P384PublicKey(decoding: publicKey) else { throw .invalidPublicKey }
        return try inputs.map { input throws(TokenSchemeError) in
            guard let blinded = try? key.blind(input) else { throw .degenerate }
            return P384Blinding(blinded)
        }
    }

    func makePrivateKey() throws(TokenSchemeError) -> any TokenPrivateKey {
        guard let key = try? P384PrivateKey() else { throw .invalidPrivateKey }
        return P384IssuerKey(key)
    }

    func privateKey(decoding bytes: borrowing SecretBytes) throws(TokenSchemeError) -> any TokenPrivateKey {
        guard let key = try? P384PrivateKey(decoding: bytes) else { throw .invalidPrivateKey }
        return P384IssuerKey(key)
    }
}

private final class P384IssuerKey: TokenPrivateKey {
    private let key: P384PrivateKey

    init(_ key: P384PrivateKey) { self.key = key }

    var publicKey: [UInt8] { key.publicKey.encoded }

    func encoded() -> SecretBytes { key.encoded() }

    func evaluate(_ blindedMessage: [UInt8]) throws(TokenSchemeError) -> [UInt8] {
        do {
            return try key.evaluate(blinded: blindedMessage)
        } catch {
            throw .invalidBlindedMessage
        }
    }

    func made(_ authenticator: [UInt8], over input: [UInt8]) -> Bool {
        guard let expected = try? key.evaluate(input) else { return false }
        return ConstantTime.areEqual(authenticator, expected)
    }
}

private final class P384Blinding: TokenBlinding {
    let blindedMessage: [UInt8]
    private let blinded: Mutex<P384BlindedInput?>

    init(_ blinded: consuming sending P384BlindedInput) {
        blindedMessage = blinded.element
        self.blinded = Mutex(consume blinded)
    }

    func finalize(_ response: [UInt8]) throws(TokenSchemeError) -> [UInt8] {
        try blinded.withLock { (slot) throws(TokenSchemeError) -> [UInt8] in
            guard let blinded = slot.take() else { throw .degenerate }
            do throws(P384VOPRFError) {
                return try blinded.finalize(response)
            } catch {
                throw error == .invalidEvaluation ? .invalidResponse : .invalidProof
            }
        }
    }
}
