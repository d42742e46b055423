public import PrivacyPass

/// What an origin answered to a token.
public enum RedemptionOutcome: Sendable, Hashable {
    /// The token was unspent, and now is spent. The receipt, a JSON Web Signature, proves it to anyone.
    case spent(receipt: String?)
    /// The token was spent before with this very binding: the earlier answer again. Nothing is admitted for it twice.
    case replayed(receipt: String?)
    /// The token was spent before, with another binding.
    case alreadySpent
    /// The token was not accepted, and not spent now.
    case refused(Refusal)

    /// Why a token was refused.
    public enum Refusal: String, Sendable, Hashable, CaseIterable {
        /// The origin cannot read it.
        case malformed
        /// The origin does not take tokens of this type.
        case wrongTokenType = "wrong-token-type"
        /// The origin does not know the key (yet, or any more).
        case unknownKey = "unknown-key"
        /// The key's time has not come by the origin's clock.
        case keyNotYetAccepted = "key-not-yet-accepted"
        /// The key's time is over: so it is for all tokens of this key.
        case keyNoLongerAccepted = "key-no-longer-accepted"
        /// The origin has lost count of what was spent under the key: so it is for all tokens of this key, there.
        case ledgerLost = "ledger-lost"
        /// The token is of a capability that is not asked for at this path; the origin may take it at another.
        case wrongCapability = "wrong-capability"
        /// The token answers another challenge than the origin's.
        case wrongChallenge = "wrong-challenge"
        /// The key did not make the token.
        case badAuthenticator = "bad-authenticator"
        /// The token itself is revoked.
        case tokenRevoked = "token-revoked"
        /// The token's key is revoked: so it is for all tokens of this key.
        case keyRevoked = "key-revoked"
        /// The token's capability is revoked: so it is for all its tokens, whatever their keys.
        case capabilityRevoked = "capability-revoked"
        /// The origin may verify no tokens any more, and says nothing of this one.
        case verifierRevoked = "verifier-revoked"
        /// The origin has no current revocation list, and takes no tokens until it has.
        case revocationListStale = "revocation-list-stale"

        /// Whether the same token may be accepted later, so that it is worth keeping.
        public var isTemporary: Bool {
            switch self {
            case .unknownKey, .keyNotYetAccepted, .wrongCapability, .verifierRevoked, .revocationListStale: true
            case .malformed, .wrongTokenType, .keyNoLongerAccepted, .ledgerLost, .wrongChallenge, .badAuthenticator,
                .tokenRevoked, .keyRevoked, .capabilityRevoked:
                false
            }
        }

        /// Whether it says something of all tokens of the key, so that the next would fare no better:
        /// ``unknownKey``, ``keyNoLongerAccepted``, ``ledgerLost``, ``keyRevoked`` and ``capabilityRevoked``.
        public var concernsKey: Bool {
            switch self {
            case .unknownKey, .keyNoLongerAccepted, .ledgerLost, .keyRevoked, .capabilityRevoked: true
            case .malformed, .wrongTokenType, .keyNotYetAccepted, .wrongCapability, .wrongChallenge, .badAuthenticator,
                .tokenRevoked, .verifierRevoked, .revocationListStale:
                false
            }
        }
    }

    /// Why the origin takes no token of this key, if it said so.
    var keyRefusal: Refusal? {
        guard case .refused(let refusal) = self, refusal.concernsKey else { return nil }
        return refusal
    }

    /// The receipt, if one came.
    public var receipt: String? {
        switch self {
        case .spent(let receipt), .replayed(let receipt): receipt
        case .alreadySpent, .refused: nil
        }
    }

    /// Whether the token is never to be sent again.
    public var isFinal: Bool {
        if case .refused(let refusal) = self { !refusal.isTemporary } else { true }
    }
}

extension RedemptionOutcome: CustomStringConvertible {
    /// The outcome as the protocol names it, `spent` or `refused: key-revoked`; without the receipt.
    public var description: String {
        switch self {
        case .spent: "spent"
        case .replayed: "replayed"
        case .alreadySpent: "already-spent"
        case .refused(let refusal): "refused: \(refusal.rawValue)"
        }
    }
}

/// Why nothing is known of a token that was sent, and what an app can do. The token stays in the wallet as sent: send
/// it again with ``Wallet/resume(at:path:method:)``.
public enum RedemptionError: Error, Sendable, Hashable {
    /// There was no answer. Try again later.
    case unreachable(TransportFailure)
    /// The origin is busy or down for a moment. Try again, after as many seconds if it says so.
    case overloaded(retryAfter: Int?)
    /// The origin did not understand the request, or failed to answer it: its status. Report it.
    case failed(status: Int)
    /// The answer is not one of the protocol. Report it.
    case badAnswer
    /// The origin asks for no token any more: every capability that it took tokens of is revoked.
    case capabilityRevoked
    /// The origin may verify no tokens any more, since the issuer's admin revoked the trust in it.
    case verifierRevoked
    /// The origin asks for no token of a known type.
    case noChallenge
    /// The origin asks for tokens, but only for these other names, at most 8, and not for the one configured.
    /// Configure one of them, if it is the origin that is meant.
    case otherNames([ServerName], than: ServerName)
    /// The origin asks for tokens for this name, but for another challenge: of this one, tokens are of no use. Fetch
    /// tokens for that which it asks for, if its issuer is the one that is meant.
    case otherChallenge(TokenChallenge)
    /// The token was taken for another origin, and may not be sent to this one.
    case wrongOrigin
    /// The origin does not see that the device has the key to which a session was to be bound, or is: it is reached
    /// under a name that it does not know, or the device's clock is wrong. Report it, or open a session that is not
    /// bound.
    case proofRefused
}
