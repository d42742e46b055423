/// What a signing key signs. Each purpose has a key and a `typ` of its own, so that no signature can be shown as
/// another kind (RFC 8725, section 3.11).
public enum SigningPurpose: String, Sendable, Hashable, CaseIterable {
    /// Receipts for spent tokens, by a clearing server.
    case receipt = "portes-receipt+jwt"
    /// Heads of the revocation list, by the authority.
    case revocationHead = "portes-revocation-head+jwt"
    /// Keys delivered to clearing servers, by the authority.
    case keyDelivery = "portes-key-delivery+jwt"
    /// Sessions, by the service at which they count.
    case session = "portes-session+jwt"
    /// How many tokens of an ended key were redeemed, by a clearing server.
    case redeemedCount = "portes-redeemed-count+jwt"

    /// The `typ` of signatures for this purpose.
    public var type: String { rawValue }
}
