package import Attestation

/// What one capability is given for and how much of it is issued; none of it is public.
package struct IssuanceLimits: Sendable, Hashable {
    /// What its tokens are given for.
    package var gates: Set<GateKind>
    /// The most tokens that one voucher or account draws under one key, so in one epoch; `nil` for all that a voucher
    /// is worth, and for nothing where an account asks.
    package var quota: Int64?
    /// The most tokens that are issued under one key; 2^40 unless told otherwise, as a key leaks a little with each
    /// (RFC 9497, section 7.2.3).
    package var tokensPerKey: Int64

    /// The limit of tokens for a key where none is set: 2^40.
    package static let standardTokensPerKey: Int64 = 1 << 40

    /// Limits from their parts.
    package init(
        gates: Set<GateKind> = [.voucher], quota: Int64? = nil, tokensPerKey: Int64 = standardTokensPerKey
    ) {
        self.gates = gates
        self.quota = quota
        self.tokensPerKey = tokensPerKey
    }
}
