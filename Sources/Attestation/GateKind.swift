/// What tokens of a capability are given for. Each is one type behind one protocol in the store; a capability has one
/// or several.
package enum GateKind: String, Sendable, Hashable, CaseIterable {
    /// A voucher, handed out or sold anywhere.
    case voucher
    /// An account, which draws up to a quota in each epoch.
    case account
    /// The credit that another party's statement gave to an account.
    case statement

    /// Whether an account asks, and not the holder of a voucher.
    package var isOfAccounts: Bool { self != .voucher }
}
