public import PrivacyPass

/// A token that was sent, and what came of it.
public struct SpendResult: Sendable, Hashable {
    /// The origin's answer.
    public let outcome: RedemptionOutcome
    /// What the app noted when it took the token.
    public let purpose: [UInt8]
    /// Whether the wallet has the answer on record, durably.
    ///
    /// `false` where the file could not be written (a full disk), and after a temporary refusal that says nothing of
    /// the key: the token then stays on record as sent, and sending it again brings the same answer.
    public let isSettled: Bool
    /// Tokens that this spend found to be of no use here; told once, and kept aside in the wallet.
    public internal(set) var unusable: [Wallet.Unusable] = []
    /// Whether tokens of its key were recovered, so that it may have been spent on another device.
    var isOfRecoveredKey = false
    /// The session that the token opened.
    var session: Session?
}

/// A token that was sent again, and what came of it.
public struct Resumption: Sendable {
    /// What the app noted when it took the token.
    public let purpose: [UInt8]
    /// The answer; an error if none is known still, and the token then stays on record.
    public let result: Result<SpendResult, RedemptionError>
}

extension Wallet {
    /// The largest number of unspent tokens that one spend presents: 3, each of another key.
    public static let maximumTries = 3
    /// How many recovered tokens that turn out to be spent already one spend may present: 16.
    public static let maximumRecoveredTries = 16

    /// Spends one token of a capability at an origin, for a challenge that the origin sent or is known to send.
    ///
    /// Where the origin says that it does not take the token's key, revoked, over or unknown to it, that key's tokens
    /// are set aside for this origin and one of the next key is tried. They stay in the wallet, and other origins get
    /// them; here they are sent again after ``readmit(at:)``, and those of an unknown key once it is known.
    ///
    /// An origin that refuses everything learns little by it: it is shown ``maximumTries`` tokens in one spend, which
    /// it can tell to be one client's, and in all spends one token of each key that the wallet has for it. It sees
    /// which keys these are, so drop keys that are over with ``discard(_:)``.
    ///
    /// Throws ``WalletError/empty`` if there is no token to try, and ``RedemptionError`` if no answer is known; the
    /// token then stays on record for ``resume(at:path:method:)``, and so it does after a refusal that is temporary.
    public func spend(
        _ capability: Capability, for challenge: TokenChallenge, at origin: OriginClient,
        path: String = OriginClient.redemptionPath, method: TransportRequest.Method = .post, binding: [UInt8]? = nil,
        purpose: [UInt8] = []
    ) async throws -> SpendResult {
        try await spend(
            ofKind: capability, for: challenge, at: origin, Route(path, method), binding: binding, purpose: purpose)
    }

    /// Spends one token of the capability and for the challenge of a holding, which may name no capability, as
    /// ``spend(_:for:at:path:method:binding:purpose:)`` does.
    public func spend(
        like holding: Holding, at origin: OriginClient, path: String = OriginClient.redemptionPath,
        method: TransportRequest.Method = .post, binding: [UInt8]? = nil, purpose: [UInt8] = []
    ) async throws -> SpendResult {
        try await spend(
            ofKind: holding.capability, for: holding.challenge, at: origin, Route(path, method), binding: binding,
            purpose: purpose)
    }

    /// The same for any use; each token that is tried for a session has a binding of its own.
    func spend(
        ofKind capability: Capability?, for challenge: TokenChallenge, at origin: OriginClient, _ route: Route,
        binding: [UInt8]?, purpose: [UInt8], use: WalletContents.Sent.Use = .redemption
    ) async throws -> SpendResult {
        let spending = try take(
            ofKind: capability, for: challenge, at: origin.name, binding: binding, purpose: purpose, use: use)
        var result = try await send(spending, to: origin, route)
        var (refused, stale) = (0, 0)
        while result.isSettled {
            if result.outcome.keyRefusal != nil {
                refused += 1
            } else if result.outcome == .alreadySpent, result.isOfRecoveredKey {
                // It was spent on the other device since the origin last said what was.
                stale += 1
            } else {
                break
            }
            guard refused < Wallet.maximumTries, stale < Wallet.maximumRecoveredTries else { break }
            let next: Spending
            do {
                next = try take(
                    ofKind: capability, for: challenge, at: origin.name, binding: binding, purpose: purpose, use: use)
            } catch {
                // The answer to the last token is worth more than why there is none to follow it.
                return result
            }
            let unusable = result.unusable
            result = try await send(next, to: origin, route)
            result.unusable = unusable + result.unusable
        }
        return result
    }

    /// Sends every token again that was sent to an origin earlier without an answer being known, each once, and gives
    /// what came of each in the order in which they were sent first.
    public func resume(
        at origin: OriginClient, path: String = OriginClient.redemptionPath, method: TransportRequest.Method = .post
    ) async -> [Resumption] {
        var results: [Resumption] = []
        for nonce in unansweredNonces(at: origin.name) {
            guard let spending = resume(nonce) else { continue }
            let purpose = spending.purpose
            do {
                let result = try await send(spending, to: origin, Route(path, method))
                results.append(Resumption(purpose: purpose, result: .success(result)))
            } catch {
                results.append(Resumption(purpose: purpose, result: .failure(error)))
            }
        }
        return results
    }

    /// What takes a token at an origin.
    struct Route {
        let path: String
        let method: TransportRequest.Method

        init(_ path: String, _ method: TransportRequest.Method) { (self.path, self.method) = (path, method) }
    }

    func send(
        _ spending: consuming Spending, to origin: OriginClient, _ route: Route
    ) async throws(RedemptionError) -> SpendResult {
        let (purpose, nonce) = (spending.purpose, spending.token.input.nonce)
        let isOfRecoveredKey = contents.recovered.contains(spending.token.input.keyID)
        let (outcome, session) = try await origin.exchange(spending, path: route.path, method: route.method)
        do {
            let unusable = try note(outcome, to: nonce, opening: session)
            return SpendResult(
                outcome: outcome, purpose: purpose, isSettled: outcome.isFinal || outcome.keyRefusal != nil,
                unusable: unusable, isOfRecoveredKey: isOfRecoveredKey, session: session)
        } catch {
            // The token is spent whatever the disk says: its answer must not be lost for that.
            return SpendResult(outcome: outcome, purpose: purpose, isSettled: false, session: session)
        }
    }
}
