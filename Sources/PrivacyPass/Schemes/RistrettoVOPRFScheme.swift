internal import LibSodium
internal import Synchronization
internal import VOPRF

extension TokenType {
    /// VOPRF (ristretto255, SHA-512), 0x0005: the code point that the batched tokens draft suggests.
    public static let voprfRistretto255 = TokenType(rawValue: 0x0005)
}

/// Token type 0x0005: VOPRF over ristretto255 with SHA-512 (RFC 9497; batched tokens draft).
struct RistrettoVOPRFScheme: TokenScheme {
    let tokenType = TokenType.voprfRistretto255
    let name = "VOPRF (ristretto255, SHA-512)"
    let authenticatorCount = Bytes64.count
    let publicKeyCount = Bytes32.count
    let blindedMessageCount = Bytes32.count
    let responseCount = Bytes32.count + Proof.encodedCount
    let hasStorableRequests = true
    let secretForm = TokenSecretForm.scalar(count: 32, group: "ristretto255", order: "little-endian")
    let blindedMessageName = "blinded_element"
    let responseParts: [(name: String, count: Int)] = [
        ("evaluated_element", Bytes32.count), ("proof", Proof.encodedCount),
    ]

    func isPublicKey(_ bytes: [UInt8]) -> Bool { (try? ServerPublicKey(decoding: bytes)) != nil }
    func isBlindedMessage(_ bytes: [UInt8]) -> Bool { (try? Ristretto255.Element(decoding: bytes)) != nil }
    func isResponse(_ bytes: [UInt8]) -> Bool { Self.evaluation(bytes) != nil }

    func blind(_ inputs: [[UInt8]], publicKey: [UInt8]) throws(TokenSchemeError) -> [any TokenBlinding] {
        guard let key = try? ServerPublicKey(decoding: publicKey) else { throw .invalidPublicKey }
        return try inputs.map { input throws(TokenSchemeError) in
            guard let blinding = try? Blinding([input]) else { throw .degenerate }
            return RistrettoBlinding(blinding, publicKey: key)
        }
    }

    func makePrivateKey() throws(TokenSchemeError) -> any TokenPrivateKey {
        // A random scalar that is not zero always is a key.
        guard let key = try? ServerPrivateKey() else { throw .invalidPrivateKey }
        return RistrettoPrivateKey(key)
    }

    func privateKey(decoding bytes: borrowing SecretBytes) throws(TokenSchemeError) -> any TokenPrivateKey {
        guard let key = try? ServerPrivateKey(decoding: bytes) else { throw .invalidPrivateKey }
        return RistrettoPrivateKey(key)
    }

    /// `evaluated element (32) ‖ proof (64)`, decoded strictly.
    static func evaluation(_ bytes: [UInt8]) -> Evaluation? {
        guard bytes.count == Bytes32.count + Proof.encodedCount,
            let element = try? Ristretto255.Element(decoding: bytes.prefix(Bytes32.count)),
            let proof = try? Proof(decoding: bytes.dropFirst(Bytes32.count))
        else { return nil }
        return Evaluation(elements: [element], proof: proof)
    }
}

private final class RistrettoPrivateKey: TokenPrivateKey {
    private let key: ServerPrivateKey

    init(_ key: consuming ServerPrivateKey) { self.key = key }

    var publicKey: [UInt8] { key.publicKey.encoded.bytes }

    func encoded() -> SecretBytes { key.encoded() }

    func evaluate(_ blindedMessage: [UInt8]) throws(TokenSchemeError) -> [UInt8] {
        do {
            let evaluation = try key.blindEvaluate([Ristretto255.Element(decoding: blindedMessage)])
            return evaluation.elements.flatMap(\.encoded.bytes) + evaluation.proof.encoded.bytes
        } catch {
            throw .invalidBlindedMessage
        }
    }

    func evaluate(_ request: AmortizedBatchTokenRequest) throws(TokenSchemeError) -> AmortizedBatchTokenResponse {
        do {
            return try AmortizedBatchTokenResponse(key.blindEvaluate(request.blindedElements))
        } catch EvaluationError.wrongCount {
            throw .wrongCount
        } catch {
            throw .invalidBlindedMessage
        }
    }

    func made(_ authenticator: [UInt8], over input: [UInt8]) -> Bool {
        guard let presented = Bytes64(authenticator), let expected = try? key.evaluate(input) else { return false }
        return ConstantTime.areEqual(presented, expected)
    }
}

private final class RistrettoBlinding: TokenBlinding {
    let blindedMessage: [UInt8]
    private let publicKey: ServerPublicKey
    private let blinding: Mutex<Blinding?>

    init(_ blinding: consuming Blinding, publicKey: ServerPublicKey) {
        blindedMessage = blinding.blindedElements.flatMap(\.encoded.bytes)
        self.publicKey = publicKey
        self.blinding = Mutex(consume blinding)
    }

    func finalize(_ response: [UInt8]) throws(TokenSchemeError) -> [UInt8] {
        guard let evaluation = RistrettoVOPRFScheme.evaluation(response) else { throw .invalidResponse }
        let outputs = try blinding.withLock { (slot) throws(TokenSchemeError) -> [Bytes64] in
            guard let blinding = slot.take() else { throw .degenerate }
            do throws(Blinding.FinalizationError) {
                return try blinding.finalize(evaluation, publicKey: publicKey)
            } catch {
                throw error == .degenerate ? .degenerate : .invalidProof
            }
        }
        guard let output = outputs.first else { throw .degenerate }
        return output.bytes
    }
}
