import KeySchedule
import LibSodium
import PortesClient
import PortesVerifier
import PrivacyPass
import Revocation
import Testing

/// The Python package `cryptography`, and RFC 9474 done over with its numbers, as client, verifier and issuer of tokens
/// of type 0x0002.
@Suite(.enabled(if: PythonPeer.isExpected, "no .venv: run Scripts/setup --tests"))
final class TheirBlindRSATests: Sendable {
    let peer: PythonPeer
    let challenge: TokenChallenge

    init() throws {
        peer = try PythonPeer(script: "blind_rsa")
        challenge = try TokenChallenge(
            tokenType: .blindRSA2048, issuerName: ServerName("issuer.example"),
            originNames: [ServerName("origin.example")])
    }

    /// An issuer of ours.
    private func issuer() throws -> any TokenPrivateKey {
        try #require(TokenType.blindRSA2048.scheme).makePrivateKey()
    }

    /// What anybody can verify with, for the key that is published.
    private func verifies(_ token: [UInt8], _ publicKey: [UInt8]) throws -> VerificationFailure? {
        let now = Moment(wall: UnixTime(seconds: 1_800_000_000), monotonic: .seconds(1))
        let record = try KeyRecord(
            capability: #require(Capability("entry")), tokenType: .blindRSA2048, publicKey: publicKey,
            notBefore: now.wall, issueUntil: now.wall.adding(seconds: 60), acceptUntil: now.wall.adding(seconds: 120))
        let freshness = try #require(RevocationFreshness(headTime: now.wall, fetchedAt: now))
        let verifier = PublicVerifier(
            keys: [try PublicVerificationKey(record: record)], revocations: RevocationList(), freshness: freshness)
        do {
            _ = try verifier.verify(decoding: token, for: AcceptedChallenges(challenge), at: now)
            return nil
        } catch {
            return error
        }
    }

    @Test func theirClientGetsTokensOfOurIssuer() async throws {
        let key = try issuer()
        for _ in 0..<5 {
            let message = try await peer.one("request_token", [challenge.encoded, key.publicKey])
            let request = try TokenRequest(decoding: message)
            let tokenKey = try TokenKey(tokenType: .blindRSA2048, decoding: key.publicKey)
            #expect(request.truncatedKeyID == tokenKey.id.truncated)
            #expect(key.canEvaluate(request.blindedMessage))
            // Both sides verify it: theirs before it gives it away.
            let token = try await peer.one("finalize_token", [key.evaluate(request.blindedMessage)])
            #expect(try verifies(token, key.publicKey) == nil)
        }
    }

    @Test func theirClientRefusesWhatOurIssuerMadeWithAnotherKey() async throws {
        let (key, other) = (try issuer(), try issuer())
        let request = try TokenRequest(decoding: await peer.one("request_token", [challenge.encoded, key.publicKey]))
        var answers = [try key.evaluate(request.blindedMessage)]
        answers[0][255] ^= 1
        if other.canEvaluate(request.blindedMessage) { answers.append(try other.evaluate(request.blindedMessage)) }
        for answer in answers {
            let reason = try await peer.refusal(of: "finalize_token", [answer])
            #expect(reason?.hasPrefix("InvalidSignature") == true)
        }
    }

    @Test func theirVerifierTakesTokensOfOurClientAndNoOthers() async throws {
        let key = try issuer()
        let tokenKey = try TokenKey(tokenType: .blindRSA2048, decoding: key.publicKey)
        let pending = try Client.request(challenge: challenge, tokenKey: tokenKey)
        let request = try TokenRequest(decoding: pending.request.encoded)
        let token = try pending.finalize(key.evaluate(request.blindedMessage))[0].encoded
        #expect(try await peer.one("verify_token", [key.publicKey, token]) == token)
        // A byte of the nonce, the challenge digest, the key id, and of the signature.
        for place in [2, 40, 97, 98, 200, 353] {
            var changed = token
            changed[place] ^= 0x20
            #expect(try await peer.refusal(of: "verify_token", [key.publicKey, changed]) != nil)
            #expect(try verifies(changed, key.publicKey) != nil)
        }
    }

    @Test func ourClientGetsTokensOfTheirIssuer() async throws {
        let publicKey = try await peer.one("new_issuer")
        let tokenKey = try TokenKey(tokenType: .blindRSA2048, decoding: publicKey)
        for _ in 0..<5 {
            let pending = try Client.request(challenge: challenge, tokenKey: tokenKey)
            let answer = try await peer.one("answer_token_request", [pending.request.encoded])
            let token = try pending.finalize(answer)[0].encoded
            #expect(try verifies(token, publicKey) == nil)
            #expect(try await peer.one("verify_token", [publicKey, token]) == token)
        }
    }

    @Test func ourClientRefusesWhatTheirIssuerMadeWrong() async throws {
        let publicKey = try await peer.one("new_issuer")
        let tokenKey = try TokenKey(tokenType: .blindRSA2048, decoding: publicKey)
        // The last, with the modulus added, is there only where that has 2048 bits: for one request in some.
        var missing = Set(0..<7)
        for _ in 0..<200 where !missing.isEmpty {
            // A request is finalized once: each answer has one of its own.
            let pending = try Client.request(challenge: challenge, tokenKey: tokenKey)
            let wrong = try await peer.ask("answers_that_are_wrong", [pending.request.encoded])
            guard let index = missing.filter(wrong.indices.contains).max() else { continue }
            missing.remove(index)
            let tokens = try? pending.finalize(wrong[index])
            #expect(tokens == nil, "answer \(index)")
        }
        #expect(missing.isEmpty)
    }
}
