public import KeySchedule
public import LibSodium
public import PrivacyPass

/// The revocation list as one party knows it: what is revoked, and where the hash chain stands.
///
/// A value: applying entries gives a new one, so a verifier's look-ups never see half a change.
public struct RevocationList: Sendable {
    /// The number of entries.
    public private(set) var size: UInt64 = 0
    /// The root over all entries, 32 bytes.
    public private(set) var root: Bytes32 = RevocationEntry.emptyRoot
    private var keys: Set<TokenKeyID> = []
    private var tokens: [TokenKeyID: RevokedTokens] = [:]
    private var capabilities: [Capability: UnixTime] = [:]
    private var verifiers: Set<VerifierID> = []

    /// The empty list.
    public init() {}

    /// Whether every token of this key is revoked.
    public func isRevoked(_ keyID: TokenKeyID) -> Bool { keys.contains(keyID) }

    /// Whether this one token is revoked.
    public func isRevoked(_ nullifier: Nullifier, keyID: TokenKeyID) -> Bool {
        tokens[keyID]?.contains(nullifier) ?? false
    }

    /// Whether every token of this capability is revoked at `time`.
    public func isRevoked(_ capability: Capability, at time: UnixTime) -> Bool {
        capabilities[capability].map { $0 <= time } ?? false
    }

    /// Whether the trust in this server was revoked.
    public func isRevoked(_ verifier: VerifierID) -> Bool { verifiers.contains(verifier) }

    /// Whether the tokens of a key are all revoked at `time`: the key itself, or its capability.
    public func isRevoked(_ record: KeyRecord, at time: UnixTime) -> Bool {
        isRevoked(record.id) || isRevoked(record.capability, at: time)
    }

    /// Appends the next entry; throws ``RevocationError/gap`` unless its number follows the last.
    public mutating func append(_ entry: RevocationEntry) throws(RevocationError) {
        guard size < .max, entry.sequence == size + 1 else { throw .gap }
        root = entry.root(after: root)
        size = entry.sequence
        switch entry.subject {
        case .key(let keyID): keys.insert(keyID)
        case .token(let nullifier, let keyID): tokens[keyID, default: RevokedTokens()].insert(nullifier)
        case .capability(let capability):
            // An entry takes nothing back: the earliest date counts.
            capabilities[capability] = min(capabilities[capability] ?? entry.effective, entry.effective)
        case .verifier(let id): verifiers.insert(id)
        }
    }

    /// The list after `entries`, which must lead exactly to `head`.
    ///
    /// Throws ``RevocationError/rollback`` for a head that is shorter, ``RevocationError/gap`` for entries that are
    /// missing or do not follow, and ``RevocationError/fork`` for roots that differ.
    public func applying(
        _ entries: [RevocationEntry], upTo head: RevocationHead
    ) throws(RevocationError) -> RevocationList {
        guard head.size >= size else { throw .rollback }
        var next = self
        for entry in entries { try next.append(entry) }
        guard next.size == head.size else { throw .gap }
        guard next.root == head.root else { throw .fork }
        return next
    }
}
