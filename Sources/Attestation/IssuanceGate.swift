package import LibSodium
package import PrivacyPass

/// Who may request tokens, and how many: the attester of RFC 9576, section 2.
///
/// It learns that some voucher or account wants `count` tokens of a capability, and a digest to know a repetition by.
/// What is to be evaluated never reaches it.
package protocol IssuanceGate: Sendable {
    /// Decides and charges in one step, durably before it returns.
    ///
    /// Throws only where no decision could be made; the same charge may then be tried again.
    func charge(_ charge: Charge) async throws -> ChargeOutcome
}

/// What a request costs, and who pays.
package struct Charge: Sendable {
    /// Who pays.
    package enum Payer: Sendable, Hashable {
        /// The holder of this voucher.
        case voucher(VoucherHash)
        /// The account with this key, which signed the request.
        case account(Ed25519.PublicKey)
        /// Nobody: the gate stands open, for development only.
        case nobody
    }

    /// Who pays.
    package let payer: Payer
    /// The digest of the request.
    package let request: RequestHash
    /// How many tokens are requested, at least one.
    package let count: Int
    /// The key that the request names.
    package let keyID: TokenKeyID

    /// A charge from its parts.
    package init(payer: Payer, request: RequestHash, count: Int, keyID: TokenKeyID) {
        self.payer = payer
        self.request = request
        self.count = count
        self.keyID = keyID
    }
}

/// How a charge ended.
package enum ChargeOutcome: Sendable, Hashable {
    /// It was charged now: evaluate under the key that the request names.
    case charged
    /// The same request was charged before: evaluate again under the key it was charged for, if that still accepts.
    case repeated(TokenKeyID)
    /// Nothing was charged.
    case refused(Refusal)

    /// Why nothing was charged.
    package enum Refusal: Error, Sendable, Hashable {
        /// No voucher has this code, or it is revoked: the two look alike from outside.
        case unknownVoucher
        /// The voucher is for another capability.
        case wrongCapability
        /// The voucher is worth fewer tokens than requested.
        case exhausted
        /// The voucher or account drew as much under this key as one may.
        case quotaExceeded
        /// The capability is not given for this: a voucher where it takes accounts, or the other way round.
        case gateRefused
        /// No account has this key.
        case unknownAccount
        /// What statements gave to the account is less than requested.
        case creditExhausted
        /// The key does not issue now.
        case keyNotIssuing
        /// As many tokens were issued under the key as may be: the next one has to begin first.
        case keyExhausted
        /// The key's capability is revoked from this day on, or an earlier one.
        case capabilityRevoked
    }
}
