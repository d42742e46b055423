public import KeySchedule
public import PortesVerifier
internal import PrivacyPass
package import ServerSupport

/// An Origin inside a server (RFC 9576): what it asks for, what it accepts, and where it remembers what was spent. One
/// for a ledger, shared by all routes.
///
/// The checks run on threads of its own, one for each processor: neither event loops nor Swift's own threads wait for
/// them. At most 256 requests wait; more are refused with 503.
public final class PrivacyPassOrigin: Sendable {
    let time: any TimeSource
    let pool: ComputePool
    private let state: VerifierState
    private let present: @Sendable () -> ChallengePolicy?
    private let ledger: any SpendLedger

    /// An origin that verifies with what `state` holds at each request, keys and revocation list, which its owner keeps
    /// up to date; and that spends in `ledger`, which should outlive the process: tokens that a ledger in memory forgot
    /// are accepted again.
    public convenience init(
        verifier state: VerifierState, policy: ChallengePolicy, ledger: any SpendLedger,
        time: any TimeSource = SystemTimeSource()
    ) {
        self.init(verifier: state, policy: { policy }, ledger: ledger, time: time, pool: ComputePool())
    }

    /// An origin whose policy is not known from the start: `nil` until it is, when it has nothing to ask for yet.
    package init(
        verifier state: VerifierState, policy present: @escaping @Sendable () -> ChallengePolicy?,
        ledger: any SpendLedger, time: any TimeSource, pool: ComputePool
    ) {
        self.state = state
        self.present = present
        self.ledger = ledger
        self.time = time
        self.pool = pool
    }

    /// Spends the token in the values of a request's `Authorization` fields, once, if it is of one of `capabilities`
    /// (`nil`: of any). Throws ``PrivacyPassRefusal`` in every other case.
    func redeem(
        _ authorization: [String], accepting capabilities: Set<Capability>?
    ) async throws(PrivacyPassRefusal) -> TokenRedemption {
        let verified = try await verified(authorization, accepting: capabilities)
        switch try await spend(Spend(verified)) {
        case .spent: return TokenRedemption(capability: verified.capability, origin: self)
        // Spends here have no binding, so no answer is ever given twice.
        case .replayed, .alreadySpent: throw refusal(.alreadySpent, capabilities)
        case .refused(let failure): throw refusal(.notAccepted(failure), capabilities)
        }
    }

    /// The token in the values of a request's `Authorization` fields, checked, if it is of one of `capabilities`
    /// (`nil`: of any); nothing is spent.
    func verified(
        _ authorization: [String], accepting capabilities: Set<Capability>?, answeringReplays: Bool = false
    ) async throws(PrivacyPassRefusal) -> VerifiedToken {
        let token: Token
        switch PresentedToken(authorization: authorization) {
        case .none: throw refusal(.tokenRequired, capabilities)
        case .refused(let failure): throw refusal(.notAccepted(failure), capabilities)
        case .token(let presented): token = presented
        }
        let verified: VerifiedToken
        switch try await verify(token, answeringReplays: answeringReplays) {
        case .success(let good): verified = good
        case .failure(let failure): throw refusal(.notAccepted(failure), capabilities)
        }
        // Before it is spent: a token for another route is still good there.
        guard capabilities?.contains(verified.capability) ?? true else {
            throw refusal(.wrongCapability, capabilities)
        }
        return verified
    }

    private func verify(
        _ token: Token, answeringReplays: Bool
    ) async throws(PrivacyPassRefusal) -> Result<VerifiedToken, VerificationFailure> {
        let (verifier, now) = (state.verifier, time.now())
        guard let accepted = present()?.acceptedChallenges(at: now) else { throw PrivacyPassRefusal(.notReady) }
        do {
            return try await pool.run {
                Result { () throws(VerificationFailure) in
                    try verifier.verify(token, for: accepted, at: now, answeringReplays: answeringReplays)
                }
            }
        } catch {
            // Or cancelled, by a client that is gone.
            throw PrivacyPassRefusal(.overloaded)
        }
    }

    /// What the ledger says to a spend.
    func spend(_ spend: Spend) async throws(PrivacyPassRefusal) -> SpendOutcome {
        do {
            return try await ledger.spend([spend]).first ?? .alreadySpent
        } catch {
            throw PrivacyPassRefusal(.ledgerUnavailable)
        }
    }

    /// A refusal with challenges; or, where no key is here to ask for tokens of, what that means.
    func refusal(_ reason: PrivacyPassRefusal.Reason, _ capabilities: Set<Capability>?) -> PrivacyPassRefusal {
        let (verifier, now) = (state.verifier, time.now())
        guard let policy = present() else { return PrivacyPassRefusal(.notReady) }
        let challenges = policy.fieldValues(for: verifier, accepting: capabilities, at: now)
        guard challenges.isEmpty else { return PrivacyPassRefusal(reason, challenges: challenges) }
        switch reason {
        // The token's key may be one that is still to come.
        case .tokenRequired, .notAccepted(.unknownKey):
            if verifier.isRevoked { return PrivacyPassRefusal(.notAccepted(.verifierRevoked)) }
            let isForGood = verifier.hasRevokedCapabilitiesOnly(of: capabilities, at: now)
            return PrivacyPassRefusal(isForGood ? .nothingToAskFor : .notReady)
        default: return PrivacyPassRefusal(reason)
        }
    }
}
