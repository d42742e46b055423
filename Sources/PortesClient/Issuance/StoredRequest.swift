internal import LibSodium
internal import PrivacyPass
internal import VOPRF

/// What is stored of a request of type 0x0005 before its blinds.
///
/// `version (1) ‖ form (1) ‖ count (2) ‖ token key (32) ‖ challenge ‖ count nonces (32 each)`, and then as many blinds;
/// the form is 1 for a batch and 0 for a single request, and the challenge has its length (a variable-size integer)
/// in front.
struct StoredRequest: Equatable {
    let isBatch: Bool
    let challenge: TokenChallenge
    let tokenKey: TokenKey
    let nonces: [Nonce]

    private static let version: UInt8 = 1

    init(
        request: IssuanceRequest, challenge: TokenChallenge, tokenKey: TokenKey, nonces: [Nonce]
    ) {
        isBatch = if case .batch = request { true } else { false }
        self.challenge = challenge
        self.tokenKey = tokenKey
        self.nonces = nonces
    }

    /// Reads what stands before the blinds, and never copies them.
    init(decoding bytes: some RandomAccessCollection<UInt8>) throws(MessageError) {
        var header = ByteReader(Array(bytes.prefix(4)))
        guard try header.uint8() == StoredRequest.version else { throw .invalidEncoding }
        let form = try header.uint8()
        guard form <= 1 else { throw .invalidEncoding }
        isBatch = form == 1
        let count = Int(try header.uint16())
        guard bytes.count >= 4 + count * Bytes32.count else { throw .truncated }
        var reader = ByteReader(Array(bytes.dropLast(count * Bytes32.count)))
        _ = try reader.take(4)
        tokenKey = TokenKey(ServerPublicKey(try reader.element()))
        challenge = try TokenChallenge(decoding: reader.prefixed())
        var nonces: [Nonce] = []
        for _ in 0..<count { nonces.append(Nonce(try reader.bytes32())) }
        self.nonces = nonces
        try reader.finish()
    }

    var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 512 + nonces.count * Bytes32.count)
        writer.append(StoredRequest.version)
        writer.append(UInt8(isBatch ? 1 : 0))
        writer.append(UInt16(truncatingIfNeeded: nonces.count))
        writer.append(tokenKey.encoded)
        writer.append(prefixed: challenge.encoded)
        for nonce in nonces { writer.append(nonce.bytes) }
        return writer.bytes
    }

    /// The blinds at the end of what was decoded.
    func scalars(in stored: borrowing SecretBytes) throws(MessageError) -> SecretScalarList {
        let count = nonces.count * Bytes32.count
        let blinds = stored.withUnsafeBytes { stored in
            SecretBytes(count: count) { $0.copyMemory(from: .init(rebasing: stored.suffix(count))) }
        }
        do {
            return try SecretScalarList(decoding: blinds)
        } catch {
            throw .invalidEncoding
        }
    }
}

extension ByteReader {
    /// A length as a variable-size integer, and as many bytes.
    mutating func prefixed() throws(MessageError) -> [UInt8] {
        guard let count = Int(exactly: try variableSizeInteger()) else { throw .truncated }
        return Array(try take(count))
    }
}

extension ByteWriter {
    /// Appends a length as a variable-size integer, and as many bytes.
    mutating func append(prefixed bytes: some Collection<UInt8>) {
        append(variableSizeInteger: UInt64(bytes.count))
        append(bytes)
    }
}
