public import CPortes
internal import PortesClient
internal import PrivacyPass
internal import Synchronization

/// A request on its way, which one call finalizes.
private final class RequestObject: Sendable {
    let message: IssuanceRequest
    let tokenCount: Int
    private let pending: Mutex<PendingTokens?>

    init(_ pending: consuming sending PendingTokens) {
        message = pending.request
        tokenCount = AuthenticatorInput.encodedCount + (pending.tokenKey.tokenType.authenticatorCount ?? 0)
        self.pending = Mutex(consume pending)
    }

    /// What is finalized, once.
    func finalize(_ answer: [UInt8]) throws(Failure) -> [Token] {
        try pending.withLock { (slot) throws(Failure) -> [Token] in
            guard let pending = slot.take() else { throw Failure(PORTES_ERROR_HANDLE) }
            do throws(PendingTokens.FinalizationError) {
                return try pending.finalize(answer)
            } catch {
                switch error {
                case .malformed: throw Failure(PORTES_ERROR_MALFORMED)
                case .wrongCount: throw Failure(PORTES_ERROR_COUNT)
                case .invalidProof: throw Failure(PORTES_ERROR_PROOF)
                case .degenerate: throw Failure(PORTES_ERROR_FAILED)
                }
            }
        }
    }
}

private let requests = Handles<RequestObject>()

@c @implementation
public func portes_request_new(
    _ challenge: UnsafePointer<UInt8>?, _ challenge_length: Int, _ token_key: UnsafePointer<UInt8>?,
    _ token_key_length: Int, _ count: UInt32, _ request: UnsafeMutablePointer<portes_request>?
) -> portes_result {
    Failure.result { () throws(Failure) in
        guard let request else { throw Failure(PORTES_ERROR_ARGUMENT) }
        let challenge = try decodedChallenge(challenge, challenge_length)
        let key = try decodedKey(token_key, token_key_length, challenge.tokenType)
        guard count <= Client.maximumRequestCount else { throw Failure(PORTES_ERROR_COUNT) }
        do throws(Client.RequestError) {
            let pending = try Client.request(challenge: challenge, tokenKey: key, count: Int(count))
            request.pointee = requests.insert(RequestObject(pending))
        } catch {
            switch error {
            case .unsupportedTokenType: throw Failure(PORTES_ERROR_TOKEN_TYPE)
            case .wrongCount: throw Failure(PORTES_ERROR_COUNT)
            case .degenerate: throw Failure(PORTES_ERROR_FAILED)
            }
        }
    }
}

@c @implementation
public func portes_request_message(
    _ request: portes_request, _ message: UnsafeMutablePointer<UInt8>?, _ length: UnsafeMutablePointer<Int>?
) -> portes_result {
    Failure.result { () throws(Failure) in
        let output = try Output(message, length)
        try output.write(requests.object(request).message.encoded)
    }
}

@c @implementation
public func portes_request_media_type(
    _ request: portes_request, _ media_type: UnsafeMutablePointer<CChar>?, _ length: UnsafeMutablePointer<Int>?
) -> portes_result {
    Failure.result { () throws(Failure) in
        let output = try Output(media_type, length)
        try output.write(requests.object(request).message.mediaType)
    }
}

@c @implementation
public func portes_request_finalize(
    _ request: portes_request, _ answer: UnsafePointer<UInt8>?, _ answer_length: Int,
    _ tokens: UnsafeMutablePointer<UInt8>?, _ length: UnsafeMutablePointer<Int>?,
    _ token_length: UnsafeMutablePointer<Int>?
) -> portes_result {
    Failure.result { () throws(Failure) in
        let output = try Output(tokens, length)
        guard let token_length else { throw Failure(PORTES_ERROR_ARGUMENT) }
        let answer = try Buffer.bytes(answer, answer_length)
        let object = try requests.object(request)
        // Before it is used up.
        try output.needs(object.message.count * object.tokenCount)
        try requests.remove(request)
        let found = try object.finalize(answer)
        try output.write(found.flatMap(\.encoded))
        token_length.pointee = object.tokenCount
    }
}

@c @implementation
public func portes_request_free(_ request: portes_request) -> portes_result {
    Failure.result { () throws(Failure) in try requests.remove(request) }
}
