import Crypto
import CryptoExtras
import Foundation
import Issuance
import KeySchedule
import LibSodium
import PrivacyPass
import Revocation

/// An issuer with one key of a type, requests for it, and tokens of it.
struct TokenTypeFixture {
    let challenge: TokenChallenge
    let record: KeyRecord
    let freshness: RevocationFreshness
    let privateKey: any TokenPrivateKey
    /// The requests as a server gets them.
    let requests: [[UInt8]]
    let tokens: [Token]
    private let issuer: Issuer

    init(_ tokenType: TokenType, count: Int) throws {
        guard let scheme = tokenType.scheme, let capability = Capability("entry") else {
            throw CommandFailure("there is no such token type")
        }
        let key = try scheme.makePrivateKey()
        privateKey = key
        challenge = try TokenChallenge(
            tokenType: tokenType, issuerName: ServerName("issuer.example"), originNames: [ServerName("origin.example")])
        let now = SystemTimeSource().now()
        record = try KeyRecord(
            capability: capability, tokenType: tokenType, publicKey: key.publicKey,
            notBefore: now.wall.adding(seconds: -60), issueUntil: now.wall.adding(seconds: 86_400),
            acceptUntil: now.wall.adding(seconds: 2 * 86_400))
        guard let freshness = RevocationFreshness(headTime: now.wall, fetchedAt: now) else {
            throw CommandFailure("the clocks disagree")
        }
        self.freshness = freshness
        issuer = Issuer(
            records: [record], secrets: [try IssuerSecret(tokenType, decoding: key.encoded())], revoked: [])

        let (digest, id) = (challenge.digest, record.id)
        let inputs = (0..<count).map { _ in
            AuthenticatorInput(tokenType: tokenType, nonce: .random(), challengeDigest: digest, keyID: id)
        }
        let blindings = try scheme.blind(inputs.map(\.encoded), publicKey: key.publicKey)
        requests = try blindings.map {
            try TokenRequest(
                tokenType: tokenType, truncatedKeyID: id.truncated, blindedMessage: $0.blindedMessage
            ).encoded
        }
        tokens = try zip(inputs, blindings).map { input, blinding in
            try Token(input: input, authenticator: blinding.finalize(key.evaluate(blinding.blindedMessage)))
        }
    }

    /// Decodes every request, evaluates it and encodes the answer, as the authority does.
    func issue() throws {
        let time = SystemTimeSource().now().wall
        for request in requests {
            let request = try TokenRequest(decoding: request)
            guard issuer.canEvaluate(request, under: record.id) else { throw CommandFailure("a request is none") }
            _ = try issuer.evaluate(request, under: record.id, at: time).encoded
        }
    }

    /// The library's own key for the same secret.
    func blindRSAPrivateKey() throws -> _RSA.BlindSigning.PrivateKey<SHA384> {
        try privateKey.encoded().withUnsafeBytes {
            try .init(derRepresentation: Data($0), parameters: .RSABSSA_SHA384_PSS_Deterministic)
        }
    }

    /// The library's own key for the same secret.
    func p384PrivateKey() throws -> P384._VOPRF.PrivateKey {
        try privateKey.encoded().withUnsafeBytes { try .init(rawRepresentation: Data($0)) }
    }
}
