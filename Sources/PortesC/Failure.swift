public import CPortes
internal import PortesVerifier

/// What a function answers where it cannot do what it was asked for.
struct Failure: Error {
    let result: portes_result

    init(_ result: portes_result) { self.result = result }

    init(_ failure: VerificationFailure) {
        result =
            switch failure {
            case .malformed: PORTES_REFUSED_MALFORMED
            case .wrongTokenType: PORTES_REFUSED_WRONG_TOKEN_TYPE
            case .unknownKey: PORTES_REFUSED_UNKNOWN_KEY
            case .keyNotYetAccepted: PORTES_REFUSED_KEY_NOT_YET_ACCEPTED
            case .keyNoLongerAccepted: PORTES_REFUSED_KEY_NO_LONGER_ACCEPTED
            case .ledgerLost: PORTES_REFUSED_LEDGER_LOST
            case .wrongChallenge: PORTES_REFUSED_WRONG_CHALLENGE
            case .badAuthenticator: PORTES_REFUSED_BAD_AUTHENTICATOR
            case .tokenRevoked: PORTES_REFUSED_TOKEN_REVOKED
            case .keyRevoked: PORTES_REFUSED_KEY_REVOKED
            case .capabilityRevoked: PORTES_REFUSED_CAPABILITY_REVOKED
            case .verifierRevoked: PORTES_REFUSED_VERIFIER_REVOKED
            case .revocationListStale: PORTES_REFUSED_REVOCATION_LIST_STALE
            }
    }

    /// The result of `body`: `PORTES_OK`, or what it throws.
    static func result(_ body: () throws(Failure) -> Void) -> portes_result {
        do {
            try body()
            return PORTES_OK
        } catch {
            return error.result
        }
    }

    /// What `body` gives; whatever it throws becomes one result.
    static func named<Value: ~Copyable, E: Error>(
        _ result: portes_result, _ body: () throws(E) -> Value
    ) throws(Failure) -> Value {
        do {
            return try body()
        } catch {
            throw Failure(result)
        }
    }
}

@c @implementation
public func portes_result_name(_ result: portes_result) -> UnsafePointer<CChar>? {
    let name: StaticString =
        switch result {
        case PORTES_OK: "ok"
        case PORTES_ERROR_ARGUMENT: "argument"
        case PORTES_ERROR_BUFFER_TOO_SMALL: "buffer-too-small"
        case PORTES_ERROR_HANDLE: "handle"
        case PORTES_ERROR_NONE: "none"
        case PORTES_ERROR_MALFORMED: "not-a-message"
        case PORTES_ERROR_TOKEN_TYPE: "token-type"
        case PORTES_ERROR_COUNT: "count"
        case PORTES_ERROR_KEY: "key"
        case PORTES_ERROR_PROOF: "proof"
        case PORTES_ERROR_FAILED: "failed"
        case PORTES_ERROR_SIGNATURE: "signature"
        case PORTES_ERROR_REVOCATIONS: "revocations"
        case PORTES_MORE_REVOCATIONS: "more-revocations"
        case PORTES_REFUSED_MALFORMED: "malformed"
        case PORTES_REFUSED_WRONG_TOKEN_TYPE: "wrong-token-type"
        case PORTES_REFUSED_UNKNOWN_KEY: "unknown-key"
        case PORTES_REFUSED_KEY_NOT_YET_ACCEPTED: "key-not-yet-accepted"
        case PORTES_REFUSED_KEY_NO_LONGER_ACCEPTED: "key-no-longer-accepted"
        case PORTES_REFUSED_LEDGER_LOST: "ledger-lost"
        case PORTES_REFUSED_WRONG_CHALLENGE: "wrong-challenge"
        case PORTES_REFUSED_BAD_AUTHENTICATOR: "bad-authenticator"
        case PORTES_REFUSED_TOKEN_REVOKED: "token-revoked"
        case PORTES_REFUSED_KEY_REVOKED: "key-revoked"
        case PORTES_REFUSED_CAPABILITY_REVOKED: "capability-revoked"
        case PORTES_REFUSED_VERIFIER_REVOKED: "verifier-revoked"
        case PORTES_REFUSED_REVOCATION_LIST_STALE: "revocation-list-stale"
        case PORTES_REFUSED_ALREADY_SPENT: "already-spent"
        default: "unknown"
        }
    return UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
}
