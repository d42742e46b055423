import LibSodium
import PortesClient
import PrivacyPass
import Testing
import VOPRF

/// The Python package `voprf` as server of this project's client.
@Suite(.enabled(if: PythonPeer.isExpected, "no .venv: run Scripts/setup --tests"))
struct TheirServerTests {
    let peer: PythonPeer

    init() throws { peer = try PythonPeer() }

    @Test func ourClientTakesTheirSingleEvaluations() async throws {
        let publicKey = try await newServer()
        for count in [1, 2, 31, 98, 1_000, 65_534] {
            let input = Randomness.bytes(count)
            let blinding = try Blinding([input])
            let evaluation = try await peer.one("evaluate", blinding.blindedElements.map(\.encoded.bytes))
            let outputs = try blinding.finalize(Evaluation(bytes: evaluation), publicKey: publicKey)
            #expect(try await outputs.map(\.bytes) == peer.ask("evaluate_inputs", [input]), "\(count) bytes")
        }
    }

    @Test(arguments: [1, 2, 3, 100, 500]) func ourClientTakesTheirBatches(count: Int) async throws {
        let publicKey = try await newServer()
        let inputs = (0..<count).map { _ in Randomness.bytes(98) }
        let blinding = try Blinding(inputs)
        let evaluation = try await peer.one("evaluate_batch", blinding.blindedElements.map(\.encoded.bytes))
        let outputs = try blinding.finalize(Evaluation(bytes: evaluation), publicKey: publicKey)
        #expect(try await outputs.map(\.bytes) == peer.ask("evaluate_inputs", inputs))
    }

    @Test func ourClientRefusesTheirEvaluationUnderAnotherKey() async throws {
        let expected = try await newServer()
        let used = try await newServer()
        #expect(expected != used)
        let blinding = try Blinding([[1], [2]])
        let evaluation = try await peer.one("evaluate_batch", blinding.blindedElements.map(\.encoded.bytes))
        let answer = try Evaluation(bytes: evaluation)
        #expect(refusal(of: blinding, answer, publicKey: expected) == .invalidProof)
    }

    @Test func ourClientRefusesTheirProofWithItsHalvesSwapped() async throws {
        let publicKey = try await newServer()
        let blinding = try Blinding([[1]])
        let evaluation = try await peer.one("evaluate", blinding.blindedElements.map(\.encoded.bytes))
        let swapped = evaluation[32..<64] + evaluation[..<32] + evaluation[64...]
        let answer = try Evaluation(bytes: Array(swapped))
        #expect(refusal(of: blinding, answer, publicKey: publicKey) == .invalidProof)
    }

    @Test(arguments: [1, 2, 100]) func ourClientMakesTokensThatTheirServerWouldMake(count: Int) async throws {
        let publicKey = try await newServer()
        let challenge = try TokenChallenge(
            tokenType: .voprfRistretto255, issuerName: ServerName("issuer.example"),
            redemptionContext: Randomness.bytes32(), originNames: [ServerName("origin.example")])
        let pending = try Client.request(challenge: challenge, tokenKey: TokenKey(publicKey), count: count)
        let function = count == 1 ? "answer_token_request" : "answer_batch_request"
        let answer = try await peer.one(function, [pending.request.encoded])
        let tokens = try pending.finalize(answer)
        #expect(tokens.count == count)
        let expected = try await peer.ask("evaluate_inputs", tokens.map(\.input.encoded))
        #expect(tokens.map(\.authenticator) == expected)
    }

    /// Has the peer draw a key; its public key.
    private func newServer() async throws -> ServerPublicKey {
        try await ServerPublicKey(decoding: peer.one("derive", [Randomness.bytes(32), Array("PrivacyPass".utf8)]))
    }

    private func refusal(
        of blinding: consuming Blinding, _ answer: Evaluation, publicKey: ServerPublicKey
    ) -> Blinding.FinalizationError? {
        do {
            _ = try blinding.finalize(answer, publicKey: publicKey)
            return nil
        } catch {
            return error
        }
    }
}
