package import KeySchedule
package import PrivacyPass

/// The issuer of RFC 9578, section 5: evaluates token requests under the right key.
///
/// A value that is made anew when keys change. It never sees who asks: whoever calls it has been through the gate.
package struct Issuer: Sendable {
    /// The keys' public records.
    package let records: [KeyRecord]
    private let secrets: [TokenKeyID: IssuerSecret]
    private let revoked: Set<TokenKeyID>
    private let revokedCapabilities: [Capability: UnixTime]

    /// Why a request was not evaluated.
    package enum IssuanceError: Error, Sendable, Hashable {
        /// No key of this id is here, or its tokens are no longer accepted, or it is revoked.
        case keyNotAccepted
        /// A blinded message is none under the key, or led to the identity: its sender knew something it should not.
        case degenerate
        /// There are more elements than one proof covers.
        case wrongCount
    }

    /// An issuer with keys of these records, some of them revoked, and some capabilities from a time on; a key without
    /// its secret does not evaluate.
    package init(
        records: [KeyRecord], secrets: [IssuerSecret], revoked: Set<TokenKeyID>,
        revokedCapabilities: [Capability: UnixTime] = [:]
    ) {
        self.records = records
        self.secrets = Dictionary(secrets.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.revoked = revoked
        self.revokedCapabilities = revokedCapabilities
    }

    /// What a key may be used for at a time.
    package func state(of record: KeyRecord, at time: UnixTime) -> KeyState {
        let isRevoked = revoked.contains(record.id) || isRevoked(record.capability, at: time)
        return record.state(at: time, isRevoked: isRevoked)
    }

    /// From when a capability is revoked, if it is.
    package func revokedFrom(_ capability: Capability) -> UnixTime? { revokedCapabilities[capability] }

    /// Whether a capability is revoked at a time.
    package func isRevoked(_ capability: Capability, at time: UnixTime) -> Bool {
        revokedCapabilities[capability].map { $0 <= time } ?? false
    }

    /// Whether a request means a key that would accept, were its capability not revoked.
    package func isOfRevokedCapability(truncatedID: UInt8, tokenType: TokenType, at time: UnixTime) -> Bool {
        records.contains { record in
            record.id.truncated == truncatedID && record.tokenType == tokenType
                && record.state(at: time, isRevoked: isRevoked(record.id)).acceptsTokens
                && isRevoked(record.capability, at: time)
        }
    }

    /// The secret of a key, for ``verify(_:at:)``.
    func secret(of id: TokenKeyID) -> IssuerSecret? { secrets[id] }

    /// Whether this very key, whatever its capability, is revoked.
    func isRevoked(_ id: TokenKeyID) -> Bool { revoked.contains(id) }

    /// The key that a request means by the last byte of its id: the one that issues, give or take the
    /// leeway of ``KeyRecord/takesRequests(at:)``, or else one that accepts, for
    /// requests that are repeated. Keys are drawn so that no two of them share that byte.
    package func key(truncatedID: UInt8, tokenType: TokenType, at time: UnixTime) -> KeyRecord? {
        let named = records.filter { $0.id.truncated == truncatedID && $0.tokenType == tokenType }
        return named.first { state(of: $0, at: time) != .revoked && $0.takesRequests(at: time) }
            ?? named.first { state(of: $0, at: time).acceptsTokens }
    }

    /// Whether the blinded message of a request is one under a key of the request's type, so that it makes sense to
    /// charge for it. A key without its secret leaves that to ``evaluate(_:under:at:)-swift.method``.
    package func canEvaluate(_ request: TokenRequest, under id: TokenKeyID) -> Bool {
        secrets[id].map { $0.privateKey.canEvaluate(request.blindedMessage) } ?? true
    }

    /// Evaluates a request for one token under a key that accepts at `time`. Takes some 0.3 ms for type 0x0005, 1 ms
    /// for 0x0002 and 3 ms for 0x0001.
    package func evaluate(
        _ request: TokenRequest, under id: TokenKeyID, at time: UnixTime
    ) throws(IssuanceError) -> TokenResponse {
        let secret = try acceptedSecret(id, at: time)
        guard secret.tokenKey.tokenType == request.tokenType else { throw .keyNotAccepted }
        do {
            return try TokenResponse(
                decoding: secret.privateKey.evaluate(request.blindedMessage), tokenType: request.tokenType)
        } catch {
            throw .degenerate
        }
    }

    /// Evaluates a request for many tokens under a key that accepts at `time`, with one proof.
    package func evaluate(
        _ request: AmortizedBatchTokenRequest, under id: TokenKeyID, at time: UnixTime
    ) throws(IssuanceError) -> AmortizedBatchTokenResponse {
        let secret = try acceptedSecret(id, at: time)
        do {
            return try secret.privateKey.evaluate(request)
        } catch {
            throw error == .wrongCount ? .wrongCount : .degenerate
        }
    }

    private func acceptedSecret(_ id: TokenKeyID, at time: UnixTime) throws(IssuanceError) -> IssuerSecret {
        guard let record = records.first(where: { $0.id == id }), !revoked.contains(id),
            record.takesRequests(at: time) || state(of: record, at: time).acceptsTokens, let secret = secrets[id]
        else { throw .keyNotAccepted }
        return secret
    }
}
