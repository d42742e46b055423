package import KeySchedule
package import PrivacyPass
internal import VOPRF

/// The issuer of RFC 9578, section 5: evaluates token requests under the right key.
///
/// A value that is made anew when keys change. It never sees who asks: whoever calls it has been through the gate.
package struct Issuer: Sendable {
    /// The keys' public records.
    package let records: [KeyRecord]
    private let secrets: [TokenKeyID: IssuerSecret]
    private let revoked: Set<TokenKeyID>

    /// Why a request was not evaluated.
    package enum IssuanceError: Error, Sendable, Hashable {
        /// No key of this id is here, or its tokens are no longer accepted, or it is revoked.
        case keyNotAccepted
        /// An element led to the identity: its sender knew something it should not.
        case degenerate
        /// There are more elements than one proof covers.
        case wrongCount
    }

    /// An issuer with keys of these records, some of them revoked; a key without its secret does not evaluate.
    package init(records: [KeyRecord], secrets: [IssuerSecret], revoked: Set<TokenKeyID>) {
        self.records = records
        self.secrets = Dictionary(secrets.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.revoked = revoked
    }

    /// What a key may be used for at a time.
    package func state(of record: KeyRecord, at time: UnixTime) -> KeyState {
        record.state(at: time, isRevoked: revoked.contains(record.id))
    }

    /// The key that a request means by the last byte of its id: the one that issues, give or take the
    /// leeway of ``KeyRecord/takesRequests(at:)``, or else one that accepts, for
    /// requests that are repeated. Keys are drawn so that no two of them share that byte.
    package func key(truncatedID: UInt8, tokenType: TokenType, at time: UnixTime) -> KeyRecord? {
        let named = records.filter { $0.id.truncated == truncatedID && $0.tokenType == tokenType }
        return named.first { !revoked.contains($0.id) && $0.takesRequests(at: time) }
            ?? named.first { state(of: $0, at: time).acceptsTokens }
    }

    /// Evaluates a request for one token under a key that accepts at `time`.
    package func evaluate(
        _ request: TokenRequest, under id: TokenKeyID, at time: UnixTime
    ) throws(IssuanceError) -> TokenResponse {
        let secret = try acceptedSecret(id, at: time)
        do {
            return try TokenResponse(secret.privateKey.blindEvaluate([request.blindedElement]))
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
            return try AmortizedBatchTokenResponse(secret.privateKey.blindEvaluate(request.blindedElements))
        } catch EvaluationError.wrongCount {
            throw .wrongCount
        } catch {
            throw .degenerate
        }
    }

    private func acceptedSecret(_ id: TokenKeyID, at time: UnixTime) throws(IssuanceError) -> IssuerSecret {
        guard let record = records.first(where: { $0.id == id }), !revoked.contains(id),
            record.takesRequests(at: time) || state(of: record, at: time).acceptsTokens, let secret = secrets[id]
        else { throw .keyNotAccepted }
        return secret
    }
}
