import KeyDelivery
import KeySchedule
import LibSodium
import PortesVerifier
import PrivacyPass
import Revocation
import VOPRF

/// A key with everything that issuing and verifying need around it.
final class BenchFixture {
    let publicKey: ServerPublicKey
    let challenge: TokenChallenge
    let record: KeyRecord
    let verifier: Verifier
    private let privateKey: ServerPrivateKey

    init() throws {
        privateKey = try ServerPrivateKey()
        publicKey = privateKey.publicKey
        challenge = try TokenChallenge(
            tokenType: .voprfRistretto255, issuerName: ServerName("issuer.example"),
            originNames: [ServerName("origin.example")])
        let now = SystemTimeSource().now()
        guard let capability = Capability("session") else { throw CommandFailure("no capability") }
        record = try KeyRecord(
            capability: capability, tokenType: .voprfRistretto255, publicKey: publicKey.encoded.bytes,
            notBefore: now.wall.adding(seconds: -60), issueUntil: now.wall.adding(seconds: 86_400),
            acceptUntil: now.wall.adding(seconds: 2 * 86_400))
        guard let freshness = RevocationFreshness(headTime: now.wall, fetchedAt: now) else {
            throw CommandFailure("the clocks disagree")
        }
        verifier = Verifier(
            keys: [try VerificationKey(record: record, secret: privateKey.encoded())],
            revocations: RevocationList(), freshness: freshness)
    }

    /// The key as an authority delivers it to a clearing server.
    func delivery(
        to identity: SealedBox.PublicKey, revocationKey: Ed25519.PublicKey = Ed25519.PrivateKey().publicKey
    ) throws -> KeyDeliveryDocument {
        guard let sealed = identity.seal(privateKey.encoded()) else { throw CommandFailure("the identity is no key") }
        return KeyDeliveryDocument(
            issuer: challenge.issuerName.text, verifier: VerifierID(of: identity), sequence: 1,
            revocationKey: revocationKey,
            keys: [DeliveredKey(record: record, sealedSecret: sealed)])
    }

    func inputs(count: Int) -> [AuthenticatorInput] {
        (0..<count).map { _ in
            AuthenticatorInput(
                tokenType: .voprfRistretto255, nonce: .random(), challengeDigest: challenge.digest, keyID: record.id)
        }
    }

    /// The bytes of a request as a server gets them: single for one input, else an amortized batch.
    func request(inputs: [[UInt8]]) throws -> [UInt8] {
        let blinded = try Blinding(inputs).blindedElements
        let truncated = record.id.truncated
        return try inputs.count == 1
            ? TokenRequest(truncatedKeyID: truncated, blindedElement: blinded[0]).encoded
            : AmortizedBatchTokenRequest(truncatedKeyID: truncated, blindedElements: blinded).encoded
    }

    /// Decodes a request, evaluates it and encodes the answer.
    func issue(_ request: [UInt8]) throws -> [UInt8] {
        if let single = try? TokenRequest(decoding: request) {
            return try TokenResponse(evaluate([Ristretto255.Element(decoding: single.blindedMessage)])).encoded
        }
        let elements = try AmortizedBatchTokenRequest(decoding: request).blindedElements
        return try AmortizedBatchTokenResponse(evaluate(elements)).encoded
    }

    func evaluate(_ elements: [Ristretto255.Element]) throws -> Evaluation { try privateKey.blindEvaluate(elements) }

    func tokens(count: Int) throws -> [Token] {
        try inputs(count: count).map { try Token(input: $0, authenticator: privateKey.evaluate($0.encoded).bytes) }
    }
}
