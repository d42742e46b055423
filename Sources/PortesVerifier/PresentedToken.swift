public import PrivacyPass

/// What a request brings in its `Authorization` fields (RFC 9577, section 2.2).
public enum PresentedToken: Sendable {
    /// No token: no field, or one of another scheme. To be answered with challenges.
    case none
    /// Something that was meant as a token and is none, or more than one field.
    case refused(VerificationFailure)
    /// One token, decoded and nothing more.
    case token(Token)

    /// Reads the values of all `Authorization` fields of a request. Never traps; values of more than 8 KiB are refused.
    public init(authorization values: [String]) {
        guard let value = values.first else {
            self = .none
            return
        }
        guard values.count == 1 else {
            self = .refused(.malformed)
            return
        }
        do {
            self = .token(try PrivateTokenCredentials(fieldValue: value).token)
        } catch {
            switch error {
            case .otherScheme: self = .none
            case .notAToken(.unsupportedTokenType): self = .refused(.wrongTokenType)
            case .malformed, .notAToken: self = .refused(.malformed)
            }
        }
    }
}
