internal import PortesVerifier
internal import PrivacyPass

/// A token as it was presented, read but not verified, with what it is to be spent for.
struct Presented: Sendable {
    let token: Result<Token, VerificationFailure>
    let binding: SpendBinding?
}

/// What became of a token that was presented.
enum Redemption: Sendable {
    /// Spent now, or before with the same binding: its capability and its receipt, if one was asked for.
    case spent(Capability, receipt: String?, isReplay: Bool)
    /// Spent before, with another binding or none.
    case alreadySpent
    /// Not accepted.
    case refused(VerificationFailure)
}
