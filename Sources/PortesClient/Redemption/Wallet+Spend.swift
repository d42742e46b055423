public import PrivacyPass

/// A token that was sent, and what came of it.
public struct SpendResult: Sendable, Hashable {
    /// The origin's answer.
    public let outcome: RedemptionOutcome
    /// What the app noted when it took the token.
    public let purpose: [UInt8]
    /// Whether the token is gone from the wallet, durably.
    ///
    /// `false` after a temporary refusal, and where the file could not be written (a full disk): the token then stays
    /// on record as sent, and sending it again brings the same answer.
    public let isSettled: Bool
}

extension Wallet {
    /// Spends one token of a capability at an origin, for a challenge that the origin sent or is known to send.
    ///
    /// Tokens of a key that turns out to be over are dropped, and one of the next key is tried. Throws
    /// ``WalletError/empty`` if none is left, and ``RedemptionError`` if no answer is known; the token then stays on
    /// record for ``resume(at:path:)``, and so it does after a refusal that is temporary.
    public func spend(
        _ capability: Capability?, for challenge: TokenChallenge, at origin: OriginClient,
        path: String = OriginClient.redemptionPath, binding: [UInt8]? = nil, purpose: [UInt8] = []
    ) async throws -> SpendResult {
        while true {
            let spending = try take(
                capability, for: challenge, at: origin.name, binding: binding, purpose: purpose)
            let keyID = spending.token.input.keyID
            let result = try await send(spending, to: origin, path: path)
            guard result.outcome == .refused(.keyNoLongerAccepted) else { return result }
            try discard(keyID)
        }
    }

    /// Sends every token again that was sent to an origin earlier without an answer being known, each once.
    ///
    /// Throws ``RedemptionError`` at the first that brings no answer.
    public func resume(
        at origin: OriginClient, path: String = OriginClient.redemptionPath
    ) async throws -> [SpendResult] {
        var results: [SpendResult] = []
        for nonce in unansweredNonces(at: origin.name) {
            guard let spending = resume(nonce) else { continue }
            results.append(try await send(spending, to: origin, path: path))
        }
        return results
    }

    private func send(
        _ spending: consuming Spending, to origin: OriginClient, path: String
    ) async throws -> SpendResult {
        let purpose = spending.purpose
        let outcome = try await origin.redeem(spending, path: path)
        guard outcome.isFinal else { return SpendResult(outcome: outcome, purpose: purpose, isSettled: false) }
        do {
            try await spending.settle()
        } catch {
            // The token is spent whatever the disk says: its answer must not be lost for that.
            return SpendResult(outcome: outcome, purpose: purpose, isSettled: false)
        }
        return SpendResult(outcome: outcome, purpose: purpose, isSettled: true)
    }
}
