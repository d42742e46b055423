public import PrivacyPass

/// What a client sends to an issuer: one blinded element, or many under one proof.
public enum IssuanceRequest: Sendable, Hashable {
    /// A request for one token, 35 bytes.
    case single(TokenRequest)
    /// A request for several tokens under one key.
    case batch(AmortizedBatchTokenRequest)

    /// The bytes to send.
    public var encoded: [UInt8] {
        switch self {
        case .single(let request): request.encoded
        case .batch(let request): request.encoded
        }
    }

    /// The media type of ``encoded``.
    public var mediaType: String {
        switch self {
        case .single: MediaType.tokenRequest
        case .batch: MediaType.amortizedBatchRequest
        }
    }

    /// The media type of the answer.
    public var responseMediaType: String {
        switch self {
        case .single: MediaType.tokenResponse
        case .batch: MediaType.amortizedBatchResponse
        }
    }

    /// How many tokens are asked for.
    public var count: Int {
        switch self {
        case .single: 1
        case .batch(let request): request.blindedElements.count
        }
    }
}
