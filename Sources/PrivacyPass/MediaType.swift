/// The media types of RFC 9578 and of the batched tokens draft.
public enum MediaType {
    /// A ``TokenRequest``.
    public static let tokenRequest = "application/private-token-request"
    /// A ``TokenResponse``.
    public static let tokenResponse = "application/private-token-response"
    /// An ``AmortizedBatchTokenRequest``.
    public static let amortizedBatchRequest = "application/private-token-amortized-batch-request"
    /// An ``AmortizedBatchTokenResponse``.
    public static let amortizedBatchResponse = "application/private-token-amortized-batch-response"
    /// A ``GenericBatchTokenRequest``.
    public static let genericBatchRequest = "application/private-token-generic-batch-request"
    /// A ``GenericBatchTokenResponse``.
    public static let genericBatchResponse = "application/private-token-generic-batch-response"
    /// An ``IssuerDirectory``.
    public static let issuerDirectory = "application/private-token-issuer-directory"
}
