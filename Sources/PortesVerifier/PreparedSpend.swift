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

    private let earlierBindings: @Sendable () -> [SpendBinding]

    /// A spend at the counter of `audience`, the origin's name; one without binding gets a random one.
    public init(_ spend: Spend, audience: String) {
        let bindingDigest = SHA256.hash((spend.binding ?? .random()).bytes)
        token = spend.token
        receipt = SpendReceipt(
            keyID: spend.token.keyID, nullifier: spend.token.nullifier, bindingDigest: bindingDigest,
            audience: audience)
        digest = KeyedBLAKE2b.hash(bindingDigest.bytes, key: spend.token.bindingKey)
        hasCallersBinding = spend.binding != nil
        earlierBindings = spend.earlierBindings
    }

    /// The answer where the token is on record with a digest: the earlier one again if this spend put it there, or one
    /// of its earlier attempts.
    fileprivate func answer(onRecord found: Bytes32) -> SpendOutcome? {
        if found == digest {
            // A binding of our own can only be on record from an earlier attempt at this same spend.
            return hasCallersBinding ? .replayed(receipt) : .spent(receipt)
        }
        for binding in earlierBindings() {
            let bindingDigest = SHA256.hash(binding.bytes)
            guard KeyedBLAKE2b.hash(bindingDigest.bytes, key: token.bindingKey) == found else { continue }
            return .replayed(
                SpendReceipt(
                    keyID: receipt.keyID, nullifier: receipt.nullifier, bindingDigest: bindingDigest,
                    audience: receipt.audience))
        }
        return nil
    }
}

/// What a transaction made of a spend: what it recorded, or what was on record.
///
/// Its ``outcome`` is computed after the transaction, since telling which earlier attempt is on record may take
/// hundreds of hashes.
public struct SpendSettlement: Sendable {
    private let spend: PreparedSpend
    private let state: State

    fileprivate enum State {
        case recorded
        case onRecord(Bytes32, otherwise: SpendOutcome)
        case refused(VerificationFailure)
    }

    fileprivate init(_ spend: PreparedSpend, _ state: State) {
        self.spend = spend
        self.state = state
    }

    /// Whether ``outcome`` takes no search: in all cases but a token that was spent before with another binding.
    public var isDecided: Bool {
        switch state {
        case .recorded, .refused: true
        case .onRecord(let found, _): found == spend.digest
        }
    }

    /// What became of the token. Where it is not decided it takes a hash for each earlier attempt that there may have
    /// been, up to some hundreds: to be asked for on a thread that may compute.
    public var outcome: SpendOutcome {
        switch state {
        case .recorded: .spent(spend.receipt)
        case .onRecord(let found, let otherwise): spend.answer(onRecord: found) ?? otherwise
        case .refused(let failure): .refused(failure)
        }
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
    ) throws -> SpendSettlement {
        if let failure = try rows.refusal(of: token.keyID) { return SpendSettlement(self, .refused(failure)) }
        switch verifier.refusal(of: token, at: now) {
        case nil:
            guard let found = try rows.insert(token.nullifier, digest: digest, keyID: token.keyID) else {
                return SpendSettlement(self, .recorded)
            }
            return SpendSettlement(self, .onRecord(found, otherwise: .alreadySpent))
        case .keyNoLongerAccepted?:
            guard let found = try rows.digest(of: token.nullifier, keyID: token.keyID) else {
                return SpendSettlement(self, .refused(.keyNoLongerAccepted))
            }
            return SpendSettlement(self, .onRecord(found, otherwise: .refused(.keyNoLongerAccepted)))
        case let failure?:
            return SpendSettlement(self, .refused(failure))
        }
    }
}
