internal import ClearingStore
internal import HTTPTypes
internal import KeySchedule
internal import PortesVerifier
internal import PrivacyPass
internal import Revocation
internal import Synchronization

/// Says what the origin asks for, once the issuer's name is known.
final class Challenger: Sendable {
    private let database: ClearingDatabase
    private let origin: ServerName
    private let scope: TokenScope
    // Made once for an issuer's name: fresh contexts are a function of a secret in it.
    private let made = Mutex<(issuer: ServerName, policy: ChallengePolicy)?>(nil)

    init(database: ClearingDatabase, origin: ServerName, scope: TokenScope) {
        self.database = database
        self.origin = origin
        self.scope = scope
    }

    /// The policy, or `nil` before any keys were delivered.
    var policy: ChallengePolicy? {
        made.withLock { made in
            if let issuer = database.issuer, made?.issuer != issuer {
                made = (try? ChallengePolicy(issuer: issuer, origin: origin, scope: scope)).map { (issuer, $0) }
            }
            return made?.policy
        }
    }

    /// One `WWW-Authenticate` field for a key of each accepted capability, and now and then one of a reserved
    /// type, so that clients stay used to skipping what they do not know (RFC 9577, section 5.2.1). None at all without
    /// a key that is accepted.
    func fields(at now: Moment) -> HTTPFields {
        var fields = HTTPFields()
        let keys = keys(at: now)
        guard let policy, !keys.isEmpty else { return fields }
        for record in keys {
            let challenge = policy.challenge(of: record.tokenType, at: now)
            let sent = PrivateTokenChallenge(
                challenge: challenge, tokenKey: record.publicKey, maximumAge: policy.maximumAge)
            fields.append(HTTPField(name: .wwwAuthenticate, value: sent.fieldValue))
        }
        if Int.random(in: 0..<8) == 0 {
            let body = (0..<Int.random(in: 32...96)).map { _ in UInt8.random(in: 0...255) }
            let value = PrivateTokenChallenge.greaseFieldValue(greaseIndex: Int.random(in: 0..<64), body: body)
            fields.append(HTTPField(name: .wwwAuthenticate, value: value))
        }
        return fields
    }

    /// Whether there are keys whose tokens would be accepted now, but for their capabilities, which are all revoked.
    func isOfRevokedCapabilitiesOnly(at now: Moment) -> Bool {
        let verifier = database.state.verifier
        let live = verifier.keys.values.map(\.record).filter { $0.state(at: now.wall, isRevoked: false).acceptsTokens }
        return !live.isEmpty && live.allSatisfy { verifier.revocations.isRevoked($0.capability, at: now.wall) }
    }

    /// For each capability, in the order of their names, the key that issues at present; where none does, the newest
    /// whose tokens are accepted, since those who hold them are to be asked for them. None where the trust in this
    /// server is revoked.
    func keys(at now: Moment) -> [KeyRecord] {
        let verifier = database.state.verifier
        guard !verifier.isRevoked else { return [] }
        var best: [Capability: (state: KeyState, record: KeyRecord)] = [:]
        for record in verifier.keys.values.map(\.record) {
            guard verifier.acceptsTokens(of: record, at: now.wall) else { continue }
            let state = record.state(at: now.wall, isRevoked: false)
            if let other = best[record.capability] {
                let isOlder = record.notBefore <= other.record.notBefore
                if other.state == state ? isOlder : other.state == .issuing { continue }
            }
            best[record.capability] = (state, record)
        }
        return best.values.map(\.record).sorted { $0.capability < $1.capability }
    }
}
