internal import LibSodium
internal import PrivacyPass

extension WalletContents {
    /// A series of requests, and how far it got.
    struct Series {
        let series: RequestSeries
        /// The number of the next request; those before it were answered.
        var next: UInt32 = 0
        /// Whether the issuer keeps what is needed to make its requests again.
        var isKept = false
        /// Requests on record that were not answered, by the first of their nonces.
        var open: [Nonce: UInt32] = [:]
    }

    /// Notes that a request of a series is off the record, with its tokens or without.
    mutating func close(_ id: Nonce, isAnswered: Bool) {
        guard let index = series.firstIndex(where: { $0.open[id] != nil }),
            let number = series[index].open.removeValue(forKey: id)
        else { return }
        // One that was never answered may be made again: it will have the same bytes.
        if isAnswered { series[index].next = max(series[index].next, number + 1) }
    }
}

extension Wallet {
    /// Asks for tokens by a request that can be made again from the person's secret, and records it before giving it
    /// out; before the first of its series, the issuer has confirmed that it keeps what else is needed.
    func prepareRecoverable(
        _ capability: Capability?, challenge: TokenChallenge, tokenKey: TokenKey, count: Int, key: RecoveryKey,
        from issuer: IssuerClient, payment: Payment
    ) async throws -> OpenRequest {
        let series = try seriesToUse(capability, challenge: challenge, tokenKey: tokenKey, batchSize: count)
        if !series.isKept {
            guard let record = key.seal(series.series) else { throw IssuanceError.unsupported }
            try await issuer.keep(record, payment: payment)
            try change(series.series) { $0.isKept = true }
        }
        return try prepareNext(of: series.series, key: key)
    }

    private func seriesToUse(
        _ capability: Capability?, challenge: TokenChallenge, tokenKey: TokenKey, batchSize: Int
    ) throws(WalletError) -> WalletContents.Series {
        let found = contents.series.first {
            $0.series.tokenKey == tokenKey && $0.series.challenge == challenge && $0.series.batchSize == batchSize
        }
        if let found { return found }
        let series = WalletContents.Series(
            series: RequestSeries(
                capability: capability, challenge: challenge, tokenKey: tokenKey, batchSize: batchSize))
        var next = contents
        next.series.append(series)
        // Before anything is sent: another salt after a crash would leave a record that nobody needs.
        try save(next)
        return series
    }

    private func change(
        _ series: RequestSeries, _ body: (inout WalletContents.Series) -> Void
    ) throws(WalletError) {
        var next = contents
        guard let index = next.series.firstIndex(where: { $0.series == series }) else { return }
        body(&next.series[index])
        try save(next)
    }

    private func prepareNext(of series: RequestSeries, key: RecoveryKey) throws -> OpenRequest {
        var next = contents
        // Looked up again: another fetch may have gone on while the issuer was asked.
        guard let index = next.series.firstIndex(where: { $0.series == series }) else { throw WalletError.corrupt }
        var number = next.series[index].next
        let taken = Set(next.series[index].open.values)
        while taken.contains(number) { number += 1 }
        guard let pending = try? key.request(number, of: series), let id = pending.nonces.first,
            let encoded = pending.encoded()?.withUnsafeBytes({ Array($0) })
        else { throw IssuanceError.unsupported }
        next.series[index].open[id] = number
        next.requests.append(try WalletContents.Request(capability: series.capability, encoded: encoded))
        try save(next)
        fetching.insert(id)
        return OpenRequest(pending, id: id, capability: series.capability, isStored: true)
    }
}
