public import PrivacyPass

/// Why an issuer gave no tokens, and what an app can do.
public enum IssuanceError: Error, Sendable, Hashable {
    /// There was no answer. Try again later: with a wallet, the same request is sent again and charged once.
    case unreachable(TransportFailure)
    /// The issuer is busy or down for a moment. Try again, after as many seconds if it says so.
    case overloaded(retryAfter: Int?)
    /// The gate refused. Ask for another voucher, or for fewer tokens.
    case refused(Refusal)
    /// The voucher or account drew as many tokens in this epoch as one may. Ask for fewer, or come again with the next
    /// key: at this time, in UNIX seconds, where the issuer says it.
    case quotaExhausted(until: Int64?)
    /// The challenge is for another issuer than the one configured. Do not answer it.
    case wrongIssuer
    /// The issuer calls itself by this name, and not by the one configured: no origin would take its tokens. Configure
    /// this name, if it is the issuer that is meant.
    case otherName(ServerName)
    /// The key that the challenge names is not one that the issuer publishes. Ask for the challenge again; if that does
    /// not help, do not answer it.
    case keyNotPublished
    /// The origin asks for tokens under other keys than the one that issuer and key log give for the capability: it may
    /// not take what would be fetched. Nothing was asked for. Right after a key's change try again; otherwise check the
    /// capability, and do not fetch: an origin could ask so for keys that tell its clients apart.
    case keyNotOffered
    /// The issuer's key log does not allow the key that it lists, or cannot be read or believed: see the reason.
    case keyLog(KeyLogRefusal)
    /// The issuer has no key for this capability now. Try again later.
    case noKey
    /// The issuer does not issue under the key asked for, even after the directory was fetched again. Try again later.
    case keyNotIssuing
    /// The issuer does not understand the request, or failed to answer it: its status. Report it.
    case failed(status: Int)
    /// The answer is not one of the protocol. Report it.
    case badAnswer
    /// The proof does not hold: the answer was damaged, or the issuer used another key than it publishes. A wallet
    /// sends the request again with the next fetch; if that does not help, do not go on with this issuer.
    case invalidProof
    /// The challenge asks for a kind of token that this library does not make, or the count is out of range.
    case unsupported

    /// Why the gate refused.
    public enum Refusal: Sendable, Hashable {
        /// The issuer wants a voucher, and none was sent.
        case voucherRequired
        /// The text is not a voucher: mistyped or cut.
        case voucherMalformed
        /// No voucher has this code, or it is revoked.
        case voucherUnknown
        /// The voucher is for another capability.
        case wrongCapability
        /// The voucher is worth fewer tokens than requested.
        case voucherExhausted
        /// The issuer gives tokens of this capability for something else: a voucher, an account or a statement.
        case gateRefused
        /// The issuer has no accounts, or it is no issuer that was asked.
        case noAccounts
        /// The account is not open. Open it.
        case accountUnknown
        /// The issuer does not take the account's signature. Check that its name is the one configured.
        case accountRefused
        /// What statements gave to the account is less than requested. Present another one, or ask for fewer.
        case creditExhausted
        /// The issuer opens no accounts for what was given.
        case openingRefused
        /// The issuer asks for more computing time than anybody should.
        case proofTooHard
        /// The challenge is over. Ask for another one, which ``IssuerClient/openAccount(_:for:)`` does once by itself.
        case challengeInvalid
        /// The statement was used before: if it was by this account, it has the credit.
        case statementUsed
        /// The issuer does not take the statement, for this reason: the name of a problem, see the protocol. Ask the
        /// party for another one.
        case statementRefused(reason: String)
        /// The capability is revoked: nobody gets tokens of it any more.
        case capabilityRevoked
        /// The request asks for more tokens than the issuer gives at a time. Ask for fewer.
        case batchTooLarge
        /// The issuer gives another reason.
        case other
    }
}

extension IssuanceError {
    /// What a response other than 200 means; `time` is now, in UNIX seconds.
    init(_ response: TransportResponse, at time: Int64? = nil) {
        self =
            switch Problem(response).name {
            case "voucher-required": .refused(.voucherRequired)
            case "voucher-invalid": .refused(.voucherUnknown)
            case "voucher-unfit": .refused(.wrongCapability)
            case "voucher-exhausted": .refused(.voucherExhausted)
            case "quota-exceeded":
                .quotaExhausted(until: time.flatMap { time in response.retryAfter.map { time + Int64($0) } })
            case "gate-refused": .refused(.gateRefused)
            case "account-unknown": .refused(.accountUnknown)
            case "account-signature-invalid", "account-required": .refused(.accountRefused)
            case "credit-exhausted": .refused(.creditExhausted)
            case "opening-refused": .refused(.openingRefused)
            case "challenge-invalid": .refused(.challengeInvalid)
            case "statement-used": .refused(.statementUsed)
            case "statement-keys-unavailable": .overloaded(retryAfter: response.retryAfter)
            case let name? where name.hasPrefix("statement-"): .refused(.statementRefused(reason: name))
            case "batch-too-large": .refused(.batchTooLarge)
            case "capability-revoked": .refused(.capabilityRevoked)
            case "key-unknown": .keyNotIssuing
            case "unprocessable-content": .failed(status: response.status)
            default:
                switch response.status {
                case 401, 402, 403: .refused(.other)
                // RFC 9578, section 5.2: what an issuer answers to a key it does not know.
                case 422: .keyNotIssuing
                case 429, 503: .overloaded(retryAfter: response.retryAfter)
                default: .failed(status: response.status)
                }
            }
    }

    init(_ error: PendingTokens.FinalizationError) {
        self =
            switch error {
            case .malformed, .wrongCount: .badAnswer
            case .invalidProof, .degenerate: .invalidProof
            }
    }
}
