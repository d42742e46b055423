/// What an account is paid for with, checked as far as that is possible without the database.
package enum OpeningPayment: Sendable, Hashable {
    /// Computing time, which was checked.
    case proofOfWork
    /// This many tokens off a voucher's worth.
    case voucher(VoucherHash, tokens: Int64)
    /// A statement, which becomes the account's credit.
    case statement(StatementCredit)
}

/// How the opening of an account ended.
package enum AccountOpening: Error, Sendable, Hashable {
    /// It is open now.
    case opened
    /// It was open already; nothing was charged.
    case exists
    /// No voucher has this code, or it is revoked.
    case unknownVoucher
    /// The voucher is for a capability that accounts draw nothing of.
    case wrongCapability
    /// The voucher is worth less than an account costs.
    case voucherExhausted
    /// The statement could not be used.
    case statementRefused(StatementOutcome)
}
