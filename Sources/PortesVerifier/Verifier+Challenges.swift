public import KeySchedule
public import PrivacyPass
internal import Revocation

extension Verifier {
    /// For each capability, in the order of their names, the keys to ask for tokens of at a time, one of each token
    /// type: the one that issues; where none does, the newest whose tokens are accepted, since those who hold them are
    /// to be asked for them. So it is after a capability changed to another type, and a key that issues comes first.
    ///
    /// Of the `capabilities` that are given, or of all. None where the trust in this server is revoked.
    public func keysToChallengeWith(of capabilities: Set<Capability>? = nil, at now: Moment) -> [KeyRecord] {
        guard !isRevoked else { return [] }
        // In one order for all requests and processes, also where two keys begin in one second.
        func rank(_ record: KeyRecord) -> (Int, Int64, UInt16) {
            let isIssuing = record.state(at: now.wall, isRevoked: false) == .issuing
            return (isIssuing ? 0 : 1, -record.notBefore.seconds, record.tokenType.rawValue)
        }
        let accepted = keys.values.map(\.record).filter {
            capabilities?.contains($0.capability) ?? true && acceptsTokens(of: $0, at: now.wall)
        }
        .sorted { $0.capability != $1.capability ? $0.capability < $1.capability : rank($0) < rank($1) }
        var asked: Set<CapabilityOfAType> = []
        return accepted.filter { asked.insert(CapabilityOfAType($0)).inserted }
    }

    private struct CapabilityOfAType: Hashable {
        let capability: Capability
        let tokenType: TokenType

        init(_ record: KeyRecord) { (capability, tokenType) = (record.capability, record.tokenType) }
    }

    /// Whether there are keys whose tokens would be accepted now, but for their capabilities, which are all revoked:
    /// then there is nothing to ask for, for good.
    public func hasRevokedCapabilitiesOnly(of capabilities: Set<Capability>? = nil, at now: Moment) -> Bool {
        let live = keys.values.map(\.record).filter {
            capabilities?.contains($0.capability) ?? true && $0.state(at: now.wall, isRevoked: false).acceptsTokens
        }
        return !live.isEmpty && live.allSatisfy { revocations.isRevoked($0.capability, at: now.wall) }
    }
}

extension ChallengePolicy {
    /// The values of the `WWW-Authenticate` fields to send: one for a key of each capability and type whose tokens
    /// `verifier` accepts, and now and then one of a reserved type, so that clients stay used to skipping what they do
    /// not know (RFC 9577, sections 2.1 and 5.2.1).
    ///
    /// Of the `capabilities` that are given, or of all. None at all without a key that is accepted.
    public func fieldValues(
        for verifier: Verifier, accepting capabilities: Set<Capability>? = nil, at now: Moment
    ) -> [String] {
        let keys = verifier.keysToChallengeWith(of: capabilities, at: now)
        guard !keys.isEmpty else { return [] }
        var values = keys.map { record in
            PrivateTokenChallenge(
                challenge: challenge(of: record.tokenType, at: now), tokenKey: record.publicKey, maximumAge: maximumAge
            ).fieldValue
        }
        if Int.random(in: 0..<8) == 0 {
            let body = (0..<Int.random(in: 32...96)).map { _ in UInt8.random(in: 0...255) }
            values.append(PrivateTokenChallenge.greaseFieldValue(greaseIndex: Int.random(in: 0..<64), body: body))
        }
        return values
    }
}
