internal import KeySchedule
internal import KeyTransparency
public import PrivacyPass
internal import Recovery

/// What a recovery brought.
public struct RecoveryResult: Sendable, Hashable {
    /// How many tokens are in the wallet again.
    public internal(set) var recovered = 0
    /// How many others were spent already, by what origins publish.
    public internal(set) var spent = 0
    /// How many were in the wallet before.
    public internal(set) var present = 0
    /// The origins that did not say what was spent: some tokens for them may turn out to be.
    public internal(set) var silentOrigins: [ServerName] = []
}

extension Wallet {
    /// How many requests in a row an issuer may not know before a series counts as at its end.
    private static let gap = 4
    /// No series has more requests: a bound against an issuer that answers for ever.
    private static let maximumRequests: UInt32 = 100_000

    /// Brings back the tokens that were fetched on another device with the same identity, under every key whose tokens
    /// are still accepted.
    ///
    /// The issuer is asked by names that only the identity knows, and answers requests that it answered before once
    /// more, without a voucher and without a charge. No token is shown to anybody to find out whether it is spent:
    /// `origins` are asked for what they publish of each key, the same for everyone. What was spent since that was
    /// published is found when it is spent: a spend then takes the next token.
    ///
    /// Ask on the connection on which tokens are fetched, and the origins on theirs. Throws ``IssuanceError`` or
    /// ``WalletError``; what was recovered until then is in the wallet, and asking again changes nothing.
    public func recover(
        with key: RecoveryKey, from issuer: IssuerClient, askingAboutSpends origins: [OriginClient] = []
    ) async throws -> RecoveryResult {
        guard key.issuer.isSameServer(as: issuer.name) else { throw IssuanceError.wrongIssuer }
        var result = RecoveryResult()
        for record in try await acceptedKeys(of: issuer) {
            guard let tokenKey = try? TokenKey(tokenType: record.tokenType, decoding: record.publicKey) else { continue }
            let sealed = try await issuer.recoveryRecords(key.lookup(record.id), under: record.id)
            let series = sealed.compactMap { key.open($0, under: tokenKey) }.filter {
                $0.challenge.issuerName.isSameServer(as: issuer.name)
            }
            guard !series.isEmpty else { continue }
            let filters = await filters(of: record.id, at: origins, into: &result)
            for series in series { try await recover(series, with: key, from: issuer, filters, into: &result) }
        }
        return result
    }

    private func recover(
        _ series: RequestSeries, with key: RecoveryKey, from issuer: IssuerClient, _ filters: [Filter],
        into result: inout RecoveryResult
    ) async throws {
        var (number, unknown) = (UInt32(0), 0)
        while unknown < Self.gap, number < Self.maximumRequests {
            let pending: PendingTokens
            do { pending = try key.request(number, of: series) } catch { throw IssuanceError.unsupported }
            number += 1
            guard let answer = try await issuer.recall(pending.request) else {
                unknown += 1
                continue
            }
            unknown = 0
            let tokens: [Token]
            do { tokens = try pending.finalize(answer) } catch { throw IssuanceError(error) }
            try take(tokens, of: series, filters, into: &result)
        }
    }

    private func take(
        _ tokens: [Token], of series: RequestSeries, _ filters: [Filter], into result: inout RecoveryResult
    ) throws(WalletError) {
        let known = contents.nonces(under: series.tokenKey.id)
        let missing = tokens.filter { !known.contains($0.input.nonce) }
        let nullifiers = missing.map { Nullifier(of: $0.input) }
        var spent: Set<Nullifier> = []
        for filter in filters where series.challenge.allows(origin: filter.origin) {
            spent.formUnion(filter.filter.spent(among: nullifiers))
        }
        let good = zip(missing, nullifiers).filter { !spent.contains($0.1) }.map(\.0)
        result.present += tokens.count - missing.count
        result.spent += missing.count - good.count
        result.recovered += good.count
        guard !good.isEmpty else { return }
        var next = contents
        next.add(good, capability: series.capability, challenge: series.challenge, tokenKey: series.tokenKey)
        next.recovered.insert(series.tokenKey.id)
        try save(next)
    }

    private struct Filter {
        let origin: ServerName
        let filter: SpentFilter
    }

    private func filters(
        of keyID: TokenKeyID, at origins: [OriginClient], into result: inout RecoveryResult
    ) async -> [Filter] {
        var filters: [Filter] = []
        for origin in origins {
            if let filter = try? await origin.spentFilter(of: keyID) {
                filters.append(Filter(origin: origin.name, filter: filter))
            } else if !result.silentOrigins.contains(origin.name) {
                result.silentOrigins.append(origin.name)
            }
        }
        return filters
    }
}

extension WalletContents {
    /// The nonces of all tokens of a key that are here, spent or not, as long as their answers are not known.
    fileprivate func nonces(under keyID: TokenKeyID) -> Set<Nonce> {
        var nonces = Set(spendings.filter { $0.token.input.keyID == keyID }.map(\.nonce))
        for lot in lots where lot.keyID == keyID { nonces.formUnion(lot.nonces) }
        for token in surrendered where token.token.input.keyID == keyID { nonces.insert(token.token.input.nonce) }
        return nonces
    }
}
