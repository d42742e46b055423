internal import LibSodium
internal import PrivacyPass
internal import VOPRF

/// From an issuer's answer to tokens: what it says is decoded, checked against the request, and only then unblinded.
extension PendingTokens {
    static func evaluation(
        in response: [UInt8], to request: IssuanceRequest
    ) throws(FinalizationError) -> Evaluation {
        do throws(MessageError) {
            switch request {
            case .batch:
                return try AmortizedBatchTokenResponse(decoding: response, maximumCount: request.count).evaluation
            case .single(let request):
                let response = try TokenResponse(decoding: response, tokenType: request.tokenType)
                guard let evaluation = response.evaluation else { throw .unsupportedTokenType }
                return evaluation
            case .generic: throw .unsupportedTokenType
            }
        } catch {
            throw FinalizationError(error)
        }
    }

    static func responses(
        in response: [UInt8], to request: IssuanceRequest, _ tokenType: TokenType
    ) throws(FinalizationError) -> [TokenResponse?] {
        do {
            guard case .generic(let batch) = request else {
                return [try TokenResponse(decoding: response, tokenType: tokenType)]
            }
            let count = batch.requests.count
            return try GenericBatchTokenResponse(decoding: response, maximumCount: count).responses
        } catch {
            throw FinalizationError(error)
        }
    }

    static func finalize(
        _ blinding: consuming Blinding, _ inputs: [AuthenticatorInput], _ key: TokenKey, _ evaluation: Evaluation
    ) throws(FinalizationError) -> [Token] {
        guard let publicKey = try? ServerPublicKey(decoding: key.encoded) else { throw .degenerate }
        do {
            let outputs = try blinding.finalize(evaluation, publicKey: publicKey)
            return try tokens(zip(inputs, outputs.map(\.bytes)))
        } catch let error as Blinding.FinalizationError {
            throw switch error {
            case .wrongCount: .wrongCount
            case .invalidProof: .invalidProof
            case .degenerate: .degenerate
            }
        } catch let error as FinalizationError {
            throw error
        } catch {
            throw .degenerate
        }
    }

    static func finalize(
        _ blindings: [any TokenBlinding], _ inputs: [AuthenticatorInput], _ responses: [TokenResponse?]
    ) throws(FinalizationError) -> [Token] {
        guard responses.count == blindings.count, responses.contains(where: { $0 != nil }) else { throw .wrongCount }
        var authenticators: [(AuthenticatorInput, [UInt8])] = []
        for (index, response) in responses.enumerated() {
            guard let response else { continue }
            guard response.tokenType == inputs[index].tokenType else { throw .malformed(.unsupportedTokenType) }
            do {
                authenticators.append((inputs[index], try blindings[index].finalize(response.encoded)))
            } catch {
                throw error == .invalidResponse ? .malformed(.invalidEncoding) : .invalidProof
            }
        }
        return try tokens(authenticators)
    }

    private static func tokens(
        _ authenticators: some Sequence<(AuthenticatorInput, [UInt8])>
    ) throws(FinalizationError) -> [Token] {
        var tokens: [Token] = []
        for (input, authenticator) in authenticators {
            do {
                tokens.append(try Token(input: input, authenticator: authenticator))
            } catch {
                throw .malformed(error)
            }
        }
        return tokens
    }
}

extension PendingTokens.FinalizationError {
    /// What is wrong with an answer that does not decode.
    fileprivate init(_ error: MessageError) {
        // More than were asked for is no other form, but another number.
        self = error == .tooManyItems ? .wrongCount : .malformed(error)
    }
}
