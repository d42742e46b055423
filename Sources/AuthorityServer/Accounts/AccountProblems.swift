import Accounts
import Attestation
import HTTPTypes
import PrivacyPass
import ServerSupport
import Statements

/// How requests of accounts fail. Each name is stable.
extension HTTPProblem {
    private static let challengeField: HTTPFields = [.wwwAuthenticate: AccountCredentials.scheme]

    /// 401: no credentials of an account, or not their form.
    static let accountRequired = HTTPProblem(
        .unauthorized, name: "account-required", title: "An account's signature is required",
        detail: "send it as Authorization: \(AccountCredentials.scheme)", headers: challengeField)

    /// 401: not signed by this account for this request and this issuer.
    static let accountSignatureInvalid = HTTPProblem(
        .unauthorized, name: "account-signature-invalid", title: "The account did not sign this request",
        headers: challengeField)

    /// 401: no account has this key.
    static let accountUnknown = HTTPProblem(
        .unauthorized, name: "account-unknown", title: "The account is not open", headers: challengeField)

    /// 403: the capability is given for something else.
    static let gateRefused = HTTPProblem(
        .forbidden, name: "gate-refused", title: "The capability is not given for this",
        detail: "ask who runs the issuer what it is given for")

    /// 403: what statements gave is less than requested.
    static let creditExhausted = HTTPProblem(
        .forbidden, name: "credit-exhausted", title: "The account's credit is less than requested")

    /// 403: accounts are not opened for this.
    static let openingRefused = HTTPProblem(
        .forbidden, name: "opening-refused", title: "Accounts are not opened for this",
        detail: "see what they are opened for at \(AccountTerms.path)")

    /// 422: the number does not solve the challenge.
    static let proofInvalid = HTTPProblem(
        .unprocessableContent, name: "proof-invalid", title: "The proof of work does not hold")

    /// 422: the challenge was not made here, or not lately, or was answered before.
    static let challengeInvalid = HTTPProblem(
        .unprocessableContent, name: "challenge-invalid", title: "The challenge cannot be answered any more",
        detail: "get another one at \(AccountTerms.path)")

    /// 409: the statement was used before.
    static let statementUsed = HTTPProblem(
        .conflict, name: "statement-used", title: "The statement was used before")

    /// 403: nothing is given for statements about this capability.
    static let statementUnfit = HTTPProblem(
        .forbidden, name: "statement-unfit", title: "The capability is not given for statements")

    /// 429: too many at a time.
    static func tooManyRequests(retryAfter: Int) -> HTTPProblem {
        HTTPProblem(
            .tooManyRequests, name: "too-many-requests", title: "Too many requests",
            headers: [.retryAfter: String(retryAfter)])
    }

    init(_ refusal: ChallengeKeeper.Refusal) {
        self =
            switch refusal {
            case .notOurs, .expired, .answered: .challengeInvalid
            case .overloaded: .tooManyRequests(retryAfter: Int(ChallengeKeeper.life))
            }
    }

    /// The problem that a statement is, if it was not credited.
    init?(_ outcome: StatementOutcome) {
        switch outcome {
        case .credited: return nil
        case .used: self = .statementUsed
        case .expired: self.init(StatementError.expired)
        case .unfit: self = .statementUnfit
        case .unknownAccount: self = .accountUnknown
        }
    }

    init(_ error: StatementError) {
        guard error != .keysUnavailable else {
            self = .unavailable(
                name: error.rawValue, title: "The keys of the statement's party cannot be read now", retryAfter: 60)
            return
        }
        let title =
            switch error {
            case .tooLarge: "The statement is too long"
            case .malformed: "The statement cannot be read"
            case .nested: "The statement holds another token, or is encrypted"
            case .duplicateMember: "A member stands in the statement twice"
            case .algorithmRefused: "The statement's algorithm is not allowed"
            case .headerRefused: "The statement's header has what is not allowed there"
            case .unknownIssuer: "Statements of this party are not taken"
            case .unknownKey: "The party has no such key"
            case .keysUnavailable: "The party's keys cannot be read"
            case .invalidSignature: "The statement's signature does not hold"
            case .invalidClaim: "A claim is missing or not of its kind"
            case .wrongAudience: "The statement is for another authority"
            case .expired: "The statement's time is over"
            case .notYetValid: "The statement's time has not come"
            case .livesTooLong: "The statement is good for too long"
            case .capabilityRefused: "The party may not speak of this capability"
            case .tooManyTokens: "The statement is about more tokens than the party may give"
            case .wrongAccount: "The statement is bound to another account"
            }
        self.init(.unprocessableContent, name: error.rawValue, title: title)
    }
}
