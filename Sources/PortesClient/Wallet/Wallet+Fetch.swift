public import PrivacyPass

extension Wallet {
    /// Fetches tokens into the wallet: afterwards there are at least `count` more for this challenge.
    ///
    /// Sends what an earlier fetch from this issuer left unanswered first, byte for byte; an issuer charges a repeated
    /// request once, and its tokens count for this fetch if they are of the same kind. Then asks for the rest, up to
    /// 100 in a request, under the issuer's current key for the capability: the one that its key log lets issue now.
    /// What was seen of that log is kept in this wallet, unless the issuer's client has a store for it.
    ///
    /// A request that may have been charged stays on record until its tokens come or ``discard(_:)`` drops its key:
    /// each fetch sends it once more, and goes on if it fails for reasons of its own. It is dropped too where the key
    /// log says that its tokens would be worth nothing. An answer whose proof does not hold is no end either, as it may
    /// have been damaged on its way. Throws ``IssuanceError`` or ``WalletError``; what was fetched until then is in the
    /// wallet.
    ///
    /// So it is with tokens of type 0x0005. Requests for others cannot be written down: while the wallet is open they
    /// are sent again as well, and what is unanswered when it is closed, or answered with what does not hold, is lost.
    ///
    /// With `recovery`, tokens of type 0x0005 can be had again on another device by
    /// ``recover(with:from:askingAboutSpends:)``. An app then fetches in portions of one size: the issuer keeps
    /// something for each.
    ///
    /// With `offers`, what the origin asks for as ``OriginClient/check(_:path:method:)`` gives it, nothing is asked for
    /// unless one of them names the key: throws ``IssuanceError/keyNotOffered``.
    @discardableResult
    public func fetch(
        _ count: Int, of capability: Capability, for challenge: TokenChallenge, from issuer: IssuerClient,
        voucher: Voucher, offers: [PrivateTokenChallenge] = [], recovery: RecoveryKey? = nil
    ) async throws -> FetchResult {
        try await fetch(
            count, ofKind: capability, for: challenge, from: issuer, payment: .voucher(voucher), offers: offers,
            recovery: recovery)
    }

    /// Fetches tokens that an account pays for, out of its quota or of what statements gave it. Otherwise as
    /// ``fetch(_:of:for:from:voucher:offers:recovery:)``.
    @discardableResult
    public func fetch(
        _ count: Int, of capability: Capability, for challenge: TokenChallenge, from issuer: IssuerClient,
        account: AccountKey, offers: [PrivateTokenChallenge] = [], recovery: RecoveryKey? = nil
    ) async throws -> FetchResult {
        try await fetch(
            count, ofKind: capability, for: challenge, from: issuer, payment: .account(account), offers: offers,
            recovery: recovery)
    }

    /// Fetches tokens under the key that the issuer lists first, whatever it is for: for an issuer whose keys name no
    /// capability. Otherwise as ``fetch(_:of:for:from:voucher:)``; the tokens are recorded without a capability.
    @discardableResult
    public func fetchOfFirstKey(
        _ count: Int, for challenge: TokenChallenge, from issuer: IssuerClient, voucher: Voucher,
        offers: [PrivateTokenChallenge] = []
    ) async throws -> FetchResult {
        try await fetch(count, ofKind: nil, for: challenge, from: issuer, payment: .voucher(voucher), offers: offers)
    }

    private func fetch(
        _ count: Int, ofKind capability: Capability?, for challenge: TokenChallenge, from issuer: IssuerClient,
        payment: Payment, offers: [PrivateTokenChallenge], recovery: RecoveryKey? = nil
    ) async throws -> FetchResult {
        try issuer.check(challenge)
        guard recovery?.issuer.isSameServer(as: issuer.name) ?? true else { throw IssuanceError.wrongIssuer }
        let (type, offered) = (challenge.tokenType, OfferedKeys(offers, for: challenge))
        // Before what an earlier fetch asked for is sent again, which may be charged now. Why there is no key, if there
        // is none, is said after that.
        if offered.isNamed, let key = try? await currentKey(ofKind: capability, tokenType: type, of: issuer) {
            try offered.check(key)
        }
        var result = try await finishRequests(of: issuer, payment: payment) {
            $0.capability == capability && $0.challenge == challenge
        }
        guard result.resumed < count else {
            result.abandoned = takeAbandoned()
            return result
        }
        var key = try await currentKey(ofKind: capability, tokenType: type, of: issuer)
        try offered.check(key)
        var mayRefetch = true
        try await discardExpired(besides: key, of: issuer)
        while result.requested + result.resumed < count {
            let part = min(count - result.requested - result.resumed, Client.maximumRequestCount)
            let open: OpenRequest
            if let recovery, type.hasStorableRequests {
                open = try await prepareRecoverable(
                    capability, challenge: challenge, tokenKey: key, count: part, key: recovery, from: issuer,
                    payment: payment)
            } else {
                open = try prepare(capability, challenge: challenge, tokenKey: key, count: part)
            }
            do {
                result.requested += try await complete(open, from: issuer, payment: payment, isRepeated: false)
                mayRefetch = true
            } catch IssuanceError.keyNotIssuing where mayRefetch {
                // The key's time ended between the directory and the request.
                mayRefetch = false
                key = try await currentKey(ofKind: capability, tokenType: type, of: issuer)
                try offered.check(key)
            }
        }
        result.abandoned = takeAbandoned()
        return result
    }

    /// Sends the requests that are on record for an issuer again; `isWanted` says which bring what is fetched now.
    private func finishRequests(
        of issuer: IssuerClient, payment: Payment, isWanted: (OpenRequest) -> Bool
    ) async throws -> FetchResult {
        var result = FetchResult()
        var skipped: [Nonce] = []
        defer { for id in skipped { release(id) } }
        while let request = try claimRequest(of: issuer.name) {
            do {
                let count = try await complete(request, from: issuer, payment: payment, isRepeated: true)
                if isWanted(request) { result.resumed += count } else { result.others += count }
            } catch let error as IssuanceError {
                if error.concernsEveryRequest { throw error }
                try await abandon(request, after: error, of: issuer)
                // Gone by now, or kept for a later fetch: either way this one need not fail for it.
                if claim(request.id) { skipped.append(request.id) }
            }
        }
        return result
    }

    /// Takes a request that may have been charged off the record if its tokens would be worth nothing.
    private func abandon(
        _ request: OpenRequest, after error: IssuanceError, of issuer: IssuerClient
    ) async throws {
        guard error == .keyNotIssuing, claim(request.id) else { return }
        defer { release(request.id) }
        guard await !over([request.tokenKey.id], of: issuer).isEmpty else { return }
        try finish(request, tokens: [])
        abandoned += request.request.count
    }

    /// How many tokens were asked for without an answer and will never come, as ``FetchResult/abandoned``, since this
    /// was last asked or a fetch last succeeded.
    public func takeAbandoned() -> Int {
        defer { abandoned = 0 }
        return abandoned
    }

    private func finish(_ open: OpenRequest, bringing tokens: [Token]) throws(WalletError) -> Int {
        try finish(open, tokens: tokens)
        return tokens.count
    }

    /// Sends a recorded request, and replaces it on record by its tokens. Gives their number.
    private func complete(
        _ open: OpenRequest, from issuer: IssuerClient, payment: Payment, isRepeated: Bool
    ) async throws -> Int {
        defer { release(open.id) }
        var isTaken = false
        do {
            if let tokens = open.tokens { return try finish(open, bringing: tokens) }
            let answer = try await issuer.answer(open.request, payment: payment)
            isTaken = true
            guard let pending = open.take() else { throw IssuanceError.invalidProof }
            let tokens = try pending.tokens(in: answer)
            // A disk that is full now must not cost what was paid for.
            open.tokens = tokens
            return try finish(open, bringing: tokens)
        } catch let error as IssuanceError {
            let isLost = isTaken && !open.isStored
            if isLost || error.meansNeverAnswered(isRepeated: isRepeated) {
                try finish(open, tokens: [])
                if isRepeated || isLost { abandoned += open.request.count }
            }
            throw error
        }
    }
}

extension PendingTokens {
    /// As ``finalize(_:)``, with the error that a fetch throws.
    fileprivate consuming func tokens(in answer: [UInt8]) throws(IssuanceError) -> [Token] {
        do {
            return try finalize(answer)
        } catch {
            throw IssuanceError(error)
        }
    }
}

extension IssuanceError {
    /// Whether another request would fare no better at the moment.
    fileprivate var concernsEveryRequest: Bool {
        switch self {
        case .unreachable, .overloaded, .refused(.voucherRequired), .refused(.voucherMalformed): true
        case .refused(.accountRefused), .refused(.accountUnknown): true
        default: false
        }
    }

    /// Whether the request is certain never to bring tokens, so that it need not be kept.
    ///
    /// A request that was sent for the first time and refused was not charged. A repeated one may have been charged
    /// before, and then only what an issuer decides after looking for it on record is certain.
    fileprivate func meansNeverAnswered(isRepeated: Bool) -> Bool {
        switch self {
        // A key that is over for new requests may still answer the ones it was charged for.
        case .keyNotIssuing: !isRepeated
        case .refused(.voucherUnknown), .refused(.wrongCapability), .refused(.voucherExhausted): true
        case .refused(.accountUnknown), .refused(.creditExhausted): true
        // No token of it is accepted any more, whether charged or not.
        case .refused(.capabilityRevoked): true
        case .refused(.accountRefused): false
        case .refused, .quotaExhausted: !isRepeated
        case .failed(let status): !isRepeated && (400..<500).contains(status)
        default: false
        }
    }
}
