internal import BlindRSA
internal import LibSodium
internal import Synchronization

extension TokenType {
    /// Blind RSA (2048 bits), 0x0002 (RFC 9578, section 6): anybody verifies with the public key.
    public static let blindRSA2048 = TokenType(rawValue: 0x0002)
}

/// Token type 0x0002: blind RSA with 2048 bits (RFC 9474, variant RSABSSA-SHA384-PSS-Deterministic).
struct BlindRSAScheme: TokenScheme {
    let tokenType = TokenType.blindRSA2048
    let name = "Blind RSA (2048-bit)"
    let authenticatorCount = BlindRSAPublicKey.modulusCount
    let publicKeyCount = BlindRSAPublicKey.encodedCount
    let blindedMessageCount = BlindRSAPublicKey.modulusCount
    let responseCount = BlindRSAPublicKey.modulusCount
    let isPubliclyVerifiable = true
    let secretForm = TokenSecretForm.rsaPEM
    let blindedMessageName = "blinded_msg"
    let responseParts: [(name: String, count: Int)] = [("blind_sig", BlindRSAPublicKey.modulusCount)]

    func isPublicKey(_ bytes: [UInt8]) -> Bool { (try? BlindRSAPublicKey(decoding: bytes)) != nil }
    func isBlindedMessage(_ bytes: [UInt8]) -> Bool { bytes.count == blindedMessageCount }
    func isResponse(_ bytes: [UInt8]) -> Bool { bytes.count == responseCount }

    func blind(_ inputs: [[UInt8]], publicKey: [UInt8]) throws(TokenSchemeError) -> [any TokenBlinding] {
        guard let key = try? BlindRSAPublicKey(decoding: publicKey) else { throw .invalidPublicKey }
        return try inputs.map { input throws(TokenSchemeError) in
            guard let blinded = try? key.blind(input) else { throw .degenerate }
            return RSABlinding(blinded)
        }
    }

    func makePrivateKey() throws(TokenSchemeError) -> any TokenPrivateKey {
        guard let key = try? BlindRSAPrivateKey() else { throw .invalidPrivateKey }
        return try RSAPrivateKey(key)
    }

    func privateKey(decoding bytes: borrowing SecretBytes) throws(TokenSchemeError) -> any TokenPrivateKey {
        guard let key = try? BlindRSAPrivateKey(decoding: bytes) else { throw .invalidPrivateKey }
        return try RSAPrivateKey(key)
    }

    func publicVerification(publicKey: [UInt8]) -> (any AuthenticatorVerification)? {
        guard let key = try? BlindRSAPublicKey(decoding: publicKey) else { return nil }
        return (try? BlindRSAVerification(key)).map(RSAVerification.init)
    }
}

/// Verifies with the public key alone.
private struct RSAVerification: AuthenticatorVerification {
    let key: BlindRSAVerification

    func made(_ authenticator: [UInt8], over input: [UInt8]) -> Bool { key.isValid(authenticator, for: input) }
}

private final class RSAPrivateKey: TokenPrivateKey {
    private let key: BlindRSAPrivateKey
    private let verification: BlindRSAVerification

    init(_ key: BlindRSAPrivateKey) throws(TokenSchemeError) {
        guard let verification = try? BlindRSAVerification(key.publicKey) else { throw .invalidPublicKey }
        self.key = key
        self.verification = verification
    }

    var publicKey: [UInt8] { key.publicKey.encoded }

    func encoded() -> SecretBytes { key.encoded() }

    func canEvaluate(_ blindedMessage: [UInt8]) -> Bool { key.publicKey.isBlindedMessage(blindedMessage) }

    func evaluate(_ blindedMessage: [UInt8]) throws(TokenSchemeError) -> [UInt8] {
        do {
            return try key.sign(blinded: blindedMessage)
        } catch {
            throw .invalidBlindedMessage
        }
    }

    func made(_ authenticator: [UInt8], over input: [UInt8]) -> Bool { verification.isValid(authenticator, for: input) }
}

private final class RSABlinding: TokenBlinding {
    let blindedMessage: [UInt8]
    private let blinded: Mutex<BlindedMessage?>

    init(_ blinded: consuming sending BlindedMessage) {
        blindedMessage = blinded.bytes
        self.blinded = Mutex(consume blinded)
    }

    func finalize(_ response: [UInt8]) throws(TokenSchemeError) -> [UInt8] {
        try blinded.withLock { (slot) throws(TokenSchemeError) -> [UInt8] in
            guard let blinded = slot.take() else { throw .degenerate }
            do {
                return try blinded.finalize(response)
            } catch {
                throw .invalidProof
            }
        }
    }
}
