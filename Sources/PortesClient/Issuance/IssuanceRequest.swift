public import PrivacyPass

/// What a client sends to an issuer: a request for one token, or for many.
public enum IssuanceRequest: Sendable, Hashable {
    /// A request for one token.
    case single(TokenRequest)
    /// A request for several tokens of type 0x0005 under one key, to be answered with one proof.
    case batch(AmortizedBatchTokenRequest)
    /// Requests for several tokens of another type, one by one.
    case generic(GenericBatchTokenRequest)

    /// The bytes to send.
    public var encoded: [UInt8] {
        switch self {
        case .single(let request): request.encoded
        case .batch(let request): request.encoded
        case .generic(let request): request.encoded
        }
    }

    /// The media type of ``encoded``.
    public var mediaType: String {
        switch self {
        case .single: MediaType.tokenRequest
        case .batch: MediaType.amortizedBatchRequest
        case .generic: MediaType.genericBatchRequest
        }
    }

    /// The media type of the answer.
    public var responseMediaType: String {
        switch self {
        case .single: MediaType.tokenResponse
        case .batch: MediaType.amortizedBatchResponse
        case .generic: MediaType.genericBatchResponse
        }
    }

    /// Whether the answer may have fewer tokens than were asked for.
    var isGeneric: Bool { if case .generic = self { true } else { false } }

    /// How many tokens are asked for.
    public var count: Int {
        switch self {
        case .single: 1
        case .batch(let request): request.blindedElements.count
        case .generic(let request): request.requests.count
        }
    }
}
