internal import LibSodium
internal import PrivacyPass

/// Requests that one device makes for one challenge under one key: numbered, all of one size, and each derived from the
/// person's secret, so that they can be made again.
///
/// As the issuer keeps it, sealed: `version (1) ‖ salt (32) ‖ batch size (2) ‖ capability ‖ challenge ‖ zeros`, both
/// with a variable-size length in front, and in all 448 bytes, or 960 for a long challenge: so its size says nothing.
struct RequestSeries: Hashable {
    let capability: Capability?
    let challenge: TokenChallenge
    let tokenKey: TokenKey
    /// What no other device and no other challenge has, 32 random bytes.
    let salt: Bytes32
    /// How many tokens each request asks for, 1 to 100.
    let batchSize: Int

    private static let version: UInt8 = 1
    private static let sizes = [448, 960]

    /// A new series.
    init(capability: Capability?, challenge: TokenChallenge, tokenKey: TokenKey, batchSize: Int) {
        self.capability = capability
        self.challenge = challenge
        self.tokenKey = tokenKey
        self.batchSize = batchSize
        salt = Randomness.bytes32()
    }

    init(
        capability: Capability?, challenge: TokenChallenge, tokenKey: TokenKey, salt: Bytes32, batchSize: Int
    ) throws(MessageError) {
        guard (1...Client.maximumRequestCount).contains(batchSize), challenge.tokenType == tokenKey.tokenType,
            tokenKey.tokenType.hasStorableRequests
        else { throw .invalidEncoding }
        self.capability = capability
        self.challenge = challenge
        self.tokenKey = tokenKey
        self.salt = salt
        self.batchSize = batchSize
    }

    init(decoding bytes: [UInt8], tokenKey: TokenKey) throws(MessageError) {
        var reader = ByteReader(bytes)
        guard try reader.uint8() == Self.version else { throw .invalidEncoding }
        let (salt, batchSize) = (try reader.bytes32(), Int(try reader.uint16()))
        let name = String(decoding: try reader.prefixed(), as: UTF8.self)
        let capability = Capability(name)
        guard capability != nil || name.isEmpty else { throw .invalidName }
        let challenge = try TokenChallenge(decoding: reader.prefixed())
        guard try reader.take(reader.remaining).allSatisfy({ $0 == 0 }) else { throw .trailingBytes }
        try self.init(
            capability: capability, challenge: challenge, tokenKey: tokenKey, salt: salt, batchSize: batchSize)
    }

    var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 448)
        writer.append(Self.version)
        writer.append(salt)
        writer.append(UInt16(truncatingIfNeeded: batchSize))
        writer.append(prefixed: (capability?.name ?? "").utf8)
        writer.append(prefixed: challenge.encoded)
        let size = Self.sizes.first { $0 >= writer.bytes.count } ?? writer.bytes.count
        writer.append([UInt8](repeating: 0, count: size - writer.bytes.count))
        return writer.bytes
    }

    /// What the requests with a number follow from, beside the secret: whatever differs, nonces and blinds differ.
    func label(of number: UInt32) -> [UInt8] {
        var writer = ByteWriter(capacity: 192)
        writer.append(Array("portes token request v1".utf8))
        writer.append(tokenKey.tokenType.rawValue)
        writer.append(tokenKey.id.bytes)
        writer.append(challenge.digest.bytes)
        writer.append(salt)
        writer.append(UInt16(truncatingIfNeeded: batchSize))
        writer.append(number)
        return writer.bytes
    }
}
