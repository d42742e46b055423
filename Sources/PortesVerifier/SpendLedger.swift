public import Receipts

/// A token to be spent, and what for.
public struct Spend: Sendable {
    /// The token.
    public let token: VerifiedToken
    /// The caller's binding; `nil` if the caller will not ask again after a lost answer.
    public let binding: SpendBinding?
    /// The bindings with which the same spend may be on record from an earlier attempt; made only where the token was
    /// spent before.
    let earlierBindings: @Sendable () -> [SpendBinding]

    /// A spend.
    public init(_ token: VerifiedToken, binding: SpendBinding? = nil) {
        self.init(token, binding: binding, earlierBindings: { [] })
    }

    init(
        _ token: VerifiedToken, binding: SpendBinding?, earlierBindings: @escaping @Sendable () -> [SpendBinding]
    ) {
        self.token = token
        self.binding = binding
        self.earlierBindings = earlierBindings
    }
}

/// What became of one token.
public enum SpendOutcome: Sendable, Hashable {
    /// The token was not spent before, and now is.
    case spent(SpendReceipt)
    /// The token was spent before with this very binding: the earlier answer again. Nothing may be admitted for it a
    /// second time.
    case replayed(SpendReceipt)
    /// The token was spent before, with another binding or with none.
    case alreadySpent
    /// The token may not be spent any more: since it was verified its key ended, it was revoked, or the revocation
    /// list became too old. It is unspent, unless it was spent earlier.
    case refused(VerificationFailure)
}

/// Remembers which tokens were spent, each at most once.
public protocol SpendLedger: Sendable {
    /// Spends tokens and answers one outcome for each, in order; a token that stands there twice is spent once.
    ///
    /// Answers only after what it says is durable. Acceptance, revocation and the ledger's own end are checked again
    /// in the transaction that spends. When it throws, any of the tokens may have been spent: ask again with the same
    /// bindings.
    func spend(_ spends: [Spend]) async throws -> [SpendOutcome]
}
