import LibSodium
import PrivacyPass
import Testing
import VOPRF

@testable import PortesClient

@Suite struct PendingTokensTests {
    let issuer = TestIssuer()

    @Test(arguments: [1, 2, 100])
    func aRequestBecomesTokensThatTheKeyVerifies(count: Int) throws {
        let challenge = try TestIssuer.challenge()
        let pending = try Client.request(challenge: challenge, tokenKey: issuer.publicKey, count: count)
        #expect(pending.request.count == count)
        let answer = try issuer.answer(pending.request)
        let tokens = try pending.finalize(answer)
        #expect(tokens.count == count)
        for token in tokens {
            #expect(token.input.challengeDigest == challenge.digest)
            #expect(token.input.keyID == issuer.publicKey.id)
            #expect(try issuer.isValid(token))
        }
        #expect(Set(tokens.map(\.input.nonce)).count == count)
    }

    @Test func oneTokenIsASingleRequestAndMoreAreABatch() throws {
        let challenge = try TestIssuer.challenge()
        let one = try Client.request(challenge: challenge, tokenKey: issuer.publicKey)
        #expect(one.request.mediaType == MediaType.tokenRequest)
        #expect(one.request.encoded.count == 35)
        let two = try Client.request(challenge: challenge, tokenKey: issuer.publicKey, count: 2)
        #expect(two.request.mediaType == MediaType.amortizedBatchRequest)
        #expect(two.request.responseMediaType == MediaType.amortizedBatchResponse)
    }

    @Test(arguments: [-1, 0, 101]) func aCountOutOfRangeIsRefused(count: Int) throws {
        let challenge = try TestIssuer.challenge()
        #expect(throws: Client.RequestError.wrongCount) {
            _ = try Client.request(challenge: challenge, tokenKey: issuer.publicKey, count: count)
        }
    }

    @Test func aTypeNotImplementedIsRefused() throws {
        let challenge = try TokenChallenge(tokenType: TokenType(rawValue: 2), issuerName: ServerName("issuer.example"))
        #expect(throws: Client.RequestError.unsupportedTokenType) {
            _ = try Client.request(challenge: challenge, tokenKey: issuer.publicKey)
        }
    }

    @Test(arguments: [1, 3]) func anAnswerUnderAnotherKeyHasNoValidProof(count: Int) throws {
        let pending = try Client.request(
            challenge: TestIssuer.challenge(), tokenKey: issuer.publicKey, count: count)
        let answer = try TestIssuer().answer(pending.request)
        #expect(finalizationError(pending, answer) == .invalidProof)
    }

    @Test(arguments: [1, 3]) func everyTruncationOfAnAnswerIsRefused(count: Int) throws {
        let challenge = try TestIssuer.challenge()
        let answer = try issuer.answer(
            Client.request(challenge: challenge, tokenKey: issuer.publicKey, count: count).request)
        for length in 0..<answer.count {
            let pending = try Client.request(challenge: challenge, tokenKey: issuer.publicKey, count: count)
            #expect(finalizationError(pending, Array(answer.prefix(length))) == .malformed(.truncated))
        }
    }

    @Test func everySingleBitFlipOfAnAnswerIsRefused() throws {
        let nonces = (0..<2).map { _ in Nonce.random() }
        let blinds = SecretScalarList(randomCount: 2).encoded()
        let challenge = try TestIssuer.challenge()
        func pending() throws -> PendingTokens {
            try PendingTokens(
                challenge: challenge, tokenKey: issuer.publicKey, nonces: nonces,
                blinds: SecretScalarList(decoding: blinds))
        }
        let answer = try issuer.answer(pending().request)
        for bit in 0..<answer.count * 8 {
            var changed = answer
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(finalizationError(try pending(), changed) != nil, "bit \(bit)")
        }
    }

    @Test func anAnswerWithFewerOrSwappedElementsIsRefused() throws {
        let challenge = try TestIssuer.challenge()
        func pending() throws -> PendingTokens {
            try Client.request(challenge: challenge, tokenKey: issuer.publicKey, count: 3)
        }
        let first = try pending()
        let evaluation = try issuer.evaluate(first.request)
        let swapped = Evaluation(elements: Array(evaluation.elements.reversed()), proof: evaluation.proof)
        #expect(finalizationError(first, try AmortizedBatchTokenResponse(swapped).encoded) == .invalidProof)
        let fewer = Evaluation(elements: Array(evaluation.elements.prefix(2)), proof: evaluation.proof)
        #expect(finalizationError(try pending(), try AmortizedBatchTokenResponse(fewer).encoded) == .wrongCount)
    }

    @Test func fixedNoncesAndBlindsGiveTheSameRequest() throws {
        let nonces = [Nonce.random()]
        let blinds = SecretScalarList(randomCount: 1).encoded()
        let challenge = try TestIssuer.challenge()
        func request(asBatch: Bool?) throws -> IssuanceRequest {
            try PendingTokens(
                challenge: challenge, tokenKey: issuer.publicKey, nonces: nonces,
                blinds: SecretScalarList(decoding: blinds), asBatch: asBatch
            ).request
        }
        #expect(try request(asBatch: nil) == request(asBatch: nil))
        #expect(try request(asBatch: nil).mediaType == MediaType.tokenRequest)
        #expect(try request(asBatch: true).mediaType == MediaType.amortizedBatchRequest)
    }

    private func finalizationError(
        _ pending: consuming PendingTokens, _ answer: [UInt8]
    ) -> PendingTokens.FinalizationError? {
        do {
            _ = try pending.finalize(answer)
            return nil
        } catch {
            return error
        }
    }
}
