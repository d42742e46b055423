import AuthorityStore
import ServerSupport

extension Authority {
    /// Whether the database answers.
    var databaseCheck: ReadinessCheck {
        ReadinessCheck("database") { [database] in (try? await database.revocationStand()) != nil }
    }

    /// Whether the calendar is where it was at the start.
    var clockCheck: ReadinessCheck { ReadinessCheck("clock") { self.isClockRight } }
}
