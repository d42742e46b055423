/// Why a revocation list, or a change to it, was refused.
public enum RevocationError: Error, Sendable, Hashable {
    /// The bytes are not a delta.
    case malformed
    /// The head is not signed by the authority's key.
    case invalidSignature
    /// The head is of another issuer.
    case wrongIssuer
    /// More entries are to be fetched at once than a replica takes.
    case tooLong
    /// Entries are missing between what is known and what arrived.
    case gap
    /// What arrived contradicts what is known: the authority showed two histories.
    case fork
    /// The head is older than, or shorter than, one seen before.
    case rollback
}
