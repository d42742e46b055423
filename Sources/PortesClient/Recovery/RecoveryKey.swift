public import Identity
internal import LibSodium
public import PrivacyPass
internal import Recovery
internal import SignIn

/// What of a person's identity a wallet needs so that its tokens can be had again with nothing but the recovery code:
/// keys for one issuer, from which nonces and blinds follow.
///
/// Tokens of type 0x0005 alone: of others, what hides them cannot be derived (`Docs/Divergences.md`).
public final class RecoveryKey: Sendable {
    /// The issuer whose tokens these are.
    public let issuer: ServerName
    private let requestKey: SecretBytes
    private let lookupKey: SecretBytes
    private let sealingKey: SecretBytes

    /// The key of a person at an issuer, or `nil` for an issuer whose name has more than 255 characters.
    public init?(_ identity: borrowing IdentitySecret, issuer: ServerName) {
        // The case of a name says nothing, so it must not make other keys.
        guard let audience = Audience(issuer.text.lowercased()) else { return nil }
        self.issuer = issuer
        requestKey = identity.requestKey(for: audience)
        let locker = identity.lockerKey(at: audience)
        lookupKey = KeyedBLAKE2b.derive(Array("portes recovery lookup v1".utf8), key: locker)
        sealingKey = KeyedBLAKE2b.derive(Array("portes recovery seal v1".utf8), key: locker)
    }

    /// The name under which an issuer keeps how tokens of a key were drawn.
    func lookup(_ keyID: TokenKeyID) -> RecoveryRecord.Lookup {
        RecoveryRecord.Lookup(KeyedBLAKE2b.hash(keyID.bytes.bytes, key: lookupKey))
    }

    /// A series as the issuer keeps it.
    func seal(_ series: RequestSeries) -> RecoveryRecord? {
        let keyID = series.tokenKey.id
        let lookup = lookup(keyID)
        let sealed = AuthenticatedEncryption.seal(
            SecretBytes(copying: series.encoded), key: sealingKey, context: Self.context(lookup, keyID))
        return RecoveryRecord(lookup: lookup, keyID: keyID, sealed: sealed)
    }

    /// The series in what an issuer kept, or `nil` for what was not sealed with this key.
    func open(_ sealed: [UInt8], under tokenKey: TokenKey) -> RequestSeries? {
        let context = Self.context(lookup(tokenKey.id), tokenKey.id)
        let opened = try? AuthenticatedEncryption.open(sealed, key: sealingKey, context: context)
        guard let opened else { return nil }
        return try? RequestSeries(decoding: opened.withUnsafeBytes { Array($0) }, tokenKey: tokenKey)
    }

    /// The request with this number in a series: the same bytes each time.
    func request(_ number: UInt32, of series: RequestSeries) throws(Client.RequestError) -> PendingTokens {
        let seed = KeyedBLAKE2b.derive(series.label(of: number), key: requestKey)
        let nonces = (0..<series.batchSize).map { index in
            Nonce(KeyedBLAKE2b.hash(Self.label("nonce", index), key: seed))
        }
        let wide = SecretBytes(count: series.batchSize * Bytes64.count) { buffer in
            for index in 0..<series.batchSize {
                for (half, name) in ["blind, first half", "blind, second half"].enumerated() {
                    KeyedBLAKE2b.derive(Self.label(name, index), key: seed).withUnsafeBytes { bytes in
                        let start = index * Bytes64.count + half * Bytes32.count
                        UnsafeMutableRawBufferPointer(rebasing: buffer[start..<start + Bytes32.count])
                            .copyMemory(from: bytes)
                    }
                }
            }
        }
        let blinds: SecretScalarList
        do { blinds = try SecretScalarList(reducing: wide) } catch { throw .degenerate }
        return try PendingTokens(
            challenge: series.challenge, tokenKey: series.tokenKey, nonces: nonces, blinds: blinds)
    }

    private static func label(_ name: String, _ index: Int) -> [UInt8] {
        var writer = ByteWriter(capacity: 32)
        writer.append(Array(name.utf8))
        writer.append(UInt32(truncatingIfNeeded: index))
        return writer.bytes
    }

    private static func context(_ lookup: RecoveryRecord.Lookup, _ keyID: TokenKeyID) -> [UInt8] {
        Array("portes recovery record v1".utf8) + lookup.bytes.bytes + keyID.bytes.bytes
    }
}
