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

    /// One `WWW-Authenticate` field for a key of each accepted capability, and now and then one of a reserved type.
    /// None at all without a key that is accepted.
    func fields(at now: Moment) -> HTTPFields {
        var fields = HTTPFields()
        for value in policy?.fieldValues(for: database.state.verifier, at: now) ?? [] {
            fields.append(HTTPField(name: .wwwAuthenticate, value: value))
        }
        return fields
    }
}
