public import KeySchedule
public import LibSodium
public import PrivacyPass
public import Receipts

/// A spend with everything computed that a ledger writes or answers: one value for all attempts at one spend.
public struct PreparedSpend: Sendable {
    /// The token.
    public let token: VerifiedToken
    /// The receipt if it is spent with this binding.
    public let receipt: SpendReceipt
    /// What the ledger keeps beside the nullifier: BLAKE2b of the binding's digest, keyed with a hash of the
    /// authenticator, 32 bytes. The ledger does not hold the key, so its reader cannot try out bindings.
    public let digest: Bytes32
    /// Whether the binding is the caller's own. A binding made here serves this value's attempts alone.
    public let hasCallersBinding: Bool

    /// A spend at the counter of `audience`, the origin's name; one without binding gets a random one.
    public init(_ spend: Spend, audience: String) {
        let bindingDigest = SHA256.hash((spend.binding ?? .random()).bytes)
        token = spend.token
        receipt = SpendReceipt(
            keyID: spend.token.keyID, nullifier: spend.token.nullifier, bindingDigest: bindingDigest,
            audience: audience)
        digest = KeyedBLAKE2b.hash(bindingDigest.bytes, key: spend.token.bindingKey)
        hasCallersBinding = spend.binding != nil
    }
}

/// The rows of a ledger as ``PreparedSpend/settle(in:verifier:at:)`` needs them, within one transaction.
public protocol SpendRows {
    /// Why the ledger takes no spends of a key, whatever the key's dates say, or `nil`: its tombstone.
    mutating func refusal(of keyID: TokenKeyID) throws -> VerificationFailure?
    /// Records a spend unless its nullifier is there; answers `nil` if it was recorded, or the digest on record.
    mutating func insert(_ nullifier: Nullifier, digest: Bytes32, keyID: TokenKeyID) throws -> Bytes32?
    /// The digest on record for a nullifier, or `nil`.
    mutating func digest(of nullifier: Nullifier, keyID: TokenKeyID) throws -> Bytes32?
}

extension PreparedSpend {
    /// Decides this spend and records it: the same rules for every ledger. Throws what `rows` throws.
    public func settle(
        in rows: inout some SpendRows, verifier: Verifier, at now: Moment
    ) throws -> SpendOutcome {
        if let failure = try rows.refusal(of: token.keyID) { return .refused(failure) }
        switch verifier.refusal(of: token, at: now) {
        case nil:
            guard let found = try rows.insert(token.nullifier, digest: digest, keyID: token.keyID) else {
                return .spent(receipt)
            }
            guard found == digest else { return .alreadySpent }
            // A binding of our own can only be on record from an earlier attempt at this same spend.
            return hasCallersBinding ? .replayed(receipt) : .spent(receipt)
        case .keyNoLongerAccepted? where try rows.digest(of: token.nullifier, keyID: token.keyID) == digest:
            return hasCallersBinding ? .replayed(receipt) : .spent(receipt)
        case let failure?:
            return .refused(failure)
        }
    }
}
