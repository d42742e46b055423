import AuthorityStore
import ServerSupport

extension Authority {
    /// Whether the database answers.
    var databaseCheck: ReadinessCheck {
        ReadinessCheck("database") { [database] in (try? await database.revocationStand()) != nil }
    }
}
