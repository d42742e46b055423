import Attestation
import HTTPTypes
import Issuance
import PrivacyPass
import ServerSupport

/// How a token request fails. Each name is stable; nothing says more than the caller knows already.
extension HTTPProblem {
    /// 401: no voucher, or not the form of one.
    static let voucherMissing = HTTPProblem(
        .unauthorized, name: "voucher-required", title: "A voucher is required",
        detail: "send it as Authorization: Bearer", headers: [.wwwAuthenticate: "Bearer"])

    /// 401: unknown or revoked.
    static let voucherUnknown = HTTPProblem(
        .unauthorized, name: "voucher-invalid", title: "The voucher is not valid",
        headers: [.wwwAuthenticate: "Bearer error=\"invalid_token\""])

    /// 403: for another capability.
    static let voucherUnfit = HTTPProblem(
        .forbidden, name: "voucher-unfit", title: "The voucher is for another capability")

    /// 403: worth less than requested.
    static let voucherExhausted = HTTPProblem(
        .forbidden, name: "voucher-exhausted", title: "The voucher is worth fewer tokens than requested")

    /// 422: more tokens than one request may ask for of this capability.
    static let batchTooLarge = HTTPProblem(
        .unprocessableContent, name: "batch-too-large", title: "The request asks for more tokens than one may",
        detail: "ask for fewer tokens at a time")

    /// 403: as much was drawn in this epoch as one voucher or account may draw; the next one begins in `retryAfter`
    /// seconds.
    static func quotaExceeded(retryAfter: Int64? = nil) -> HTTPProblem {
        HTTPProblem(
            .forbidden, name: "quota-exceeded", title: "The voucher or account draws no more tokens in this epoch",
            detail: "come again when the next key issues, or ask for fewer tokens",
            headers: retryAfter.map { [.retryAfter: String($0)] } ?? [:])
    }

    /// 503: as many tokens were issued under the key as may be.
    static let keyExhausted = HTTPProblem(
        .serviceUnavailable, name: "key-exhausted", title: "As many tokens were issued under this key as may be",
        detail: "come again when the next key issues")

    /// 503: the authority does not know what time it is, until an admin has looked.
    static let clockMoved = HTTPProblem.unavailable(
        name: "clock-moved", title: "The issuer does not know the time",
        detail: "its clock was set by more than a minute; nothing was charged", retryAfter: 300)

    /// 403: nobody gets tokens of this capability any more.
    static let capabilityRevoked = HTTPProblem(
        .forbidden, name: "capability-revoked", title: "The capability is revoked")

    /// 422: no key with this truncated id issues, or the key of a repeated request accepts no more.
    static let keyUnknown = HTTPProblem(
        .unprocessableContent, name: "key-unknown", title: "The request names no key that issues now",
        detail: "fetch the issuer directory again")

    /// 422: not a message of its content type.
    static func malformedRequest(_ error: MessageError) -> HTTPProblem {
        .unprocessable("the token request is malformed: \(error)")
    }

    init(_ refusal: ChargeOutcome.Refusal) {
        self =
            switch refusal {
            case .unknownVoucher: .voucherUnknown
            case .wrongCapability: .voucherUnfit
            case .exhausted: .voucherExhausted
            case .quotaExceeded: .quotaExceeded()
            case .gateRefused: .gateRefused
            case .unknownAccount: .accountUnknown
            case .creditExhausted: .creditExhausted
            case .keyNotIssuing: .keyUnknown
            case .keyExhausted: .keyExhausted
            case .capabilityRevoked: .capabilityRevoked
            }
    }

    /// The same where no token of a generic batch is issued: 400, as the batched tokens draft (section 6.2) has it, for
    /// whatever would be another refusal of the request.
    var ofWholeBatch: HTTPProblem {
        guard status.kind == .clientError, status != .unauthorized else { return self }
        var problem = self
        problem.status = .badRequest
        return problem
    }

    init(_ error: Issuer.IssuanceError) {
        self =
            switch error {
            case .keyNotAccepted: .keyUnknown
            case .degenerate, .wrongCount: .unprocessable()
            }
    }
}
