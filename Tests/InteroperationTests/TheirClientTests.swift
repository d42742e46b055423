import KeySchedule
import LibSodium
import PortesVerifier
import PrivacyPass
import Revocation
import Testing
import VOPRF

/// The Python package `voprf` as client of this project's server.
@Suite(.enabled(if: PythonPeer.isExpected, "no .venv: run Scripts/setup --tests"))
final class TheirClientTests: Sendable {
    let peer: PythonPeer
    let key: ServerPrivateKey

    init() throws {
        peer = try PythonPeer()
        key = try ServerPrivateKey()
    }

    @Test func theirClientTakesOurSingleEvaluations() async throws {
        for count in [1, 2, 31, 98, 1_000, 65_534] {
            for input in [Randomness.bytes(count), [UInt8](repeating: 0xff, count: count)] {
                let blinded = try await Ristretto255.Element(decoding: peer.one("blind", [input]))
                let evaluation = try key.blindEvaluate([blinded])
                let output = try await peer.one("finalize", [publicKey, evaluation.bytes])
                #expect(try output == key.evaluate(input).bytes, "\(count) bytes")
            }
        }
    }

    @Test(arguments: [1, 2, 3, 100, 500]) func theirClientTakesOurBatches(count: Int) async throws {
        let inputs = (0..<count).map { _ in Randomness.bytes(98) }
        let evaluation = try await key.blindEvaluate(blind(inputs))
        let outputs = try await peer.ask("finalize_batch", [publicKey, evaluation.bytes])
        #expect(try outputs == inputs.map { try key.evaluate($0).bytes })
    }

    @Test func theirClientRefusesAnotherKey() async throws {
        let evaluation = try await key.blindEvaluate(blind([[1], [2]]))
        let other = try ServerPrivateKey().publicKey.encoded.bytes
        let reason = try await peer.refusal(of: "finalize_batch", [other, evaluation.bytes])
        #expect(reason?.contains("ProofVerification") == true)
    }

    @Test func theirClientRefusesElementsInAnotherOrder() async throws {
        let evaluation = try await key.blindEvaluate(blind([[1], [2], [3]]))
        let swapped = Evaluation(elements: evaluation.elements.reversed(), proof: evaluation.proof)
        let reason = try await peer.refusal(of: "finalize_batch", [publicKey, swapped.bytes])
        #expect(reason?.contains("ProofVerification") == true)
    }

    @Test func theirClientRefusesAProofWithItsHalvesSwapped() async throws {
        let evaluation = try await key.blindEvaluate(blind([[1]]))
        let proof = try Proof(
            decoding: evaluation.proof.response.encoded.bytes + evaluation.proof.challenge.encoded.bytes)
        let swapped = Evaluation(elements: evaluation.elements, proof: proof)
        let reason = try await peer.refusal(of: "finalize", [publicKey, swapped.bytes])
        #expect(reason == "ValueError: invalid proof")
    }

    @Test(arguments: [1, 2, 100]) func tokensOfTheirClientPassOurVerifier(count: Int) async throws {
        let time = Moment(wall: UnixTime(seconds: 1_800_000_000), monotonic: .seconds(1))
        let challenge = try TokenChallenge(
            tokenType: .voprfRistretto255, issuerName: ServerName("issuer.example"),
            originNames: [ServerName("origin.example")])
        let tokens = try await fetch(count, for: challenge)
        let verifier = try Verifier(
            keys: [verificationKey(at: time.wall)], revocations: RevocationList(),
            freshness: #require(RevocationFreshness(headTime: time.wall, fetchedAt: time)))
        var nullifiers: Set<Nullifier> = []
        for token in tokens {
            #expect(token.count == 162)
            nullifiers.insert(try verifier.verify(Token(decoding: token), for: challenge, at: time).nullifier)
            var forged = token
            forged[161] ^= 1
            #expect(throws: VerificationFailure.badAuthenticator) {
                try verifier.verify(Token(decoding: forged), for: challenge, at: time)
            }
        }
        #expect(nullifiers.count == count)
    }

    private var publicKey: [UInt8] { key.publicKey.encoded.bytes }

    private func blind(_ inputs: [[UInt8]]) async throws -> [Ristretto255.Element] {
        try await peer.ask("blind", inputs).map { try Ristretto255.Element(decoding: $0) }
    }

    /// What their client gets from our messages: for one token with a single request, for more with a batch.
    private func fetch(_ count: Int, for challenge: TokenChallenge) async throws -> [[UInt8]] {
        if count == 1 {
            let request = try await TokenRequest(
                decoding: peer.one("request_token", [challenge.encoded, publicKey]))
            #expect(request.truncatedKeyID == TokenKeyID(of: key.publicKey).truncated)
            let response = try TokenResponse(key.blindEvaluate([Ristretto255.Element(decoding: request.blindedMessage)]))
            return try await peer.ask("finalize_token", [publicKey, response.encoded])
        }
        let request = try await AmortizedBatchTokenRequest(
            decoding: peer.one("request_tokens", [challenge.encoded, publicKey, [UInt8(count)]]))
        #expect(request.truncatedKeyID == TokenKeyID(of: key.publicKey).truncated)
        let response = try AmortizedBatchTokenResponse(key.blindEvaluate(request.blindedElements))
        return try await peer.ask("finalize_tokens", [publicKey, response.encoded])
    }

    private func verificationKey(at time: UnixTime) throws -> VerificationKey {
        let record = try KeyRecord(
            capability: #require(Capability("session")), tokenType: .voprfRistretto255, publicKey: publicKey,
            notBefore: time, issueUntil: time.adding(seconds: 60), acceptUntil: time.adding(seconds: 60))
        return try VerificationKey(record: record, secret: key.encoded())
    }
}

extension Evaluation {
    /// The proof, then the elements: how the package `voprf` writes it.
    var bytes: [UInt8] { proof.encoded.bytes + elements.flatMap(\.encoded.bytes) }

    /// The inverse of ``bytes``.
    init(bytes: [UInt8]) throws {
        let elements = stride(from: Proof.encodedCount, to: bytes.count, by: Bytes32.count).map {
            bytes[$0..<min($0 + Bytes32.count, bytes.count)]
        }
        try self.init(
            elements: elements.map { try Ristretto255.Element(decoding: $0) },
            proof: Proof(decoding: bytes.prefix(Proof.encodedCount)))
    }
}
