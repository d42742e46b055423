public import PrivacyPass

/// What is public about a key: whose tokens it issues, and when.
///
/// The three dates rise: from `notBefore` until `issueUntil` the key issues, until `acceptUntil` its tokens are
/// accepted. Each date is the first second at which the state after it holds.
public struct KeyRecord: Sendable, Hashable {
    /// The id: SHA-256 of the public key as it stands on the wire.
    public let id: TokenKeyID
    /// The capability that tokens of this key carry.
    public let capability: Capability
    /// The type of tokens.
    public let tokenType: TokenType
    /// The public key as it stands on the wire: 49 bytes for type 0x0001, 342 for 0x0002, 32 for 0x0005.
    public let publicKey: [UInt8]
    /// When issuing begins.
    public let notBefore: UnixTime
    /// When issuing ends.
    public let issueUntil: UnixTime
    /// When acceptance ends.
    public let acceptUntil: UnixTime

    /// Why parts do not make a record.
    public enum RecordError: Error, Sendable, Hashable {
        /// The dates do not rise from `notBefore` over `issueUntil` to `acceptUntil`.
        case datesOutOfOrder
        /// The public key is not one of the token type.
        case invalidPublicKey
    }

    /// A record from its parts; the id follows from the public key, which is decoded strictly.
    public init(
        capability: Capability, tokenType: TokenType, publicKey: [UInt8], notBefore: UnixTime,
        issueUntil: UnixTime, acceptUntil: UnixTime
    ) throws(RecordError) {
        guard notBefore <= issueUntil, issueUntil <= acceptUntil else { throw .datesOutOfOrder }
        guard let id = TokenKeyID(publicKey: publicKey, tokenType: tokenType) else { throw .invalidPublicKey }
        self.id = id
        self.capability = capability
        self.tokenType = tokenType
        self.publicKey = publicKey
        self.notBefore = notBefore
        self.issueUntil = issueUntil
        self.acceptUntil = acceptUntil
    }

    /// The same key with issuing ended at `time`, where it would have gone on longer.
    public func endingIssuance(at time: UnixTime) -> KeyRecord {
        KeyRecord(self, issueUntil: max(notBefore, min(issueUntil, time)))
    }

    private init(_ other: KeyRecord, issueUntil: UnixTime) {
        id = other.id
        capability = other.capability
        tokenType = other.tokenType
        publicKey = other.publicKey
        notBefore = other.notBefore
        self.issueUntil = issueUntil
        acceptUntil = other.acceptUntil
    }
}
