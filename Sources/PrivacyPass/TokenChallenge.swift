public import LibSodium

/// What an Origin asks for (RFC 9577, section 2.1).
///
/// ```
/// struct {
///     uint16_t token_type;
///     opaque issuer_name<1..2^16-1>;
///     opaque redemption_context<0..32>;   // u8 length, 0 or 32
///     opaque origin_info<0..2^16-1>;
/// } TokenChallenge;
/// ```
public struct TokenChallenge: Sendable, Hashable {
    /// The type of token asked for.
    public let tokenType: TokenType
    /// The issuer whose token is asked for.
    public let issuerName: ServerName
    /// 32 bytes that tie the token to one occasion, or `nil` if it may be fetched ahead.
    public let redemptionContext: Bytes32?
    /// The origins that the token is bound to, in the order sent; empty for any origin.
    public let originNames: [ServerName]

    /// A challenge from its parts; throws ``MessageError/invalidLength`` if the origin names, joined with commas,
    /// exceed 65,535 bytes.
    public init(
        tokenType: TokenType, issuerName: ServerName, redemptionContext: Bytes32? = nil,
        originNames: [ServerName] = []
    ) throws(MessageError) {
        let originInfoCount = originNames.reduce(max(originNames.count - 1, 0)) { $0 + $1.text.utf8.count }
        guard originInfoCount <= Int(UInt16.max) else { throw .invalidLength }
        self.tokenType = tokenType
        self.issuerName = issuerName
        self.redemptionContext = redemptionContext
        self.originNames = originNames
    }

    /// The same challenge for the occasion that `redemptionContext` stands for.
    public func inContext(_ redemptionContext: Bytes32) -> TokenChallenge {
        TokenChallenge(self, redemptionContext: redemptionContext)
    }

    /// The same challenge for tokens of another type.
    public func of(_ tokenType: TokenType) -> TokenChallenge {
        TokenChallenge(self, tokenType: tokenType, redemptionContext: redemptionContext)
    }

    private init(_ other: TokenChallenge, tokenType: TokenType? = nil, redemptionContext: Bytes32?) {
        self.tokenType = tokenType ?? other.tokenType
        issuerName = other.issuerName
        self.redemptionContext = redemptionContext
        originNames = other.originNames
    }

    /// Decodes the exact bytes of a challenge of an implemented type.
    public init(decoding bytes: [UInt8]) throws(MessageError) {
        var reader = ByteReader(bytes)
        tokenType = try reader.tokenType()
        issuerName = try ServerName(received: reader.take(Int(reader.uint16())))
        switch try reader.uint8() {
        case 0: redemptionContext = nil
        case 32: redemptionContext = try reader.bytes32()
        default: throw .invalidLength
        }
        let originInfo = try reader.take(Int(reader.uint16()))
        try reader.finish()
        var names: [ServerName] = []
        // Splitting nothing would give one empty name, which would not mean "any origin".
        if !originInfo.isEmpty {
            for part in originInfo.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
                names.append(try ServerName(received: part))
            }
        }
        originNames = names
    }

    /// The bytes as sent.
    public var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 64 + issuerName.text.utf8.count)
        writer.append(tokenType.rawValue)
        writer.append(UInt16(truncatingIfNeeded: issuerName.text.utf8.count))
        writer.append(issuerName.text.utf8)
        writer.append(UInt8(redemptionContext == nil ? 0 : Bytes32.count))
        if let redemptionContext { writer.append(redemptionContext) }
        let originInfo = originNames.map(\.text).joined(separator: ",").utf8
        writer.append(UInt16(truncatingIfNeeded: originInfo.count))
        writer.append(originInfo)
        return writer.bytes
    }

    /// The digest that a token for this challenge carries: SHA-256 of ``encoded``.
    public var digest: ChallengeDigest { ChallengeDigest(SHA256.hash(encoded)) }

    /// Whether a token for this challenge may be spent at `origin`: the challenge names it, or any origin.
    public func allows(origin: ServerName) -> Bool {
        originNames.isEmpty || originNames.contains { $0.isSameServer(as: origin) }
    }
}
