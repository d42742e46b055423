import AuthorityStore
import KeySchedule
import KeyTransparency
import Logging
import PrivacyPass
import ServiceLifecycle

/// Makes each next key when its time has come. Nothing depends on it being on time but that a next key is there.
struct Rotation: Service {
    /// How often it is looked whether a key is due: no epoch of use is shorter than a few of these.
    private static let interval: Duration = .milliseconds(100)

    let authority: Authority
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            var complaint: String?
            while true {
                let next = await rotate()
                if next != complaint, let next {
                    logger.error("no next key can be made", metadata: ["reason": "\(next)"])
                }
                complaint = next
                try await ContinuousClock().sleep(for: complaint == nil ? Self.interval : .seconds(5))
            }
        }
    }

    /// One look; says what went wrong.
    func rotate() async -> String? {
        guard authority.isClockRight else { return "the calendar was moved" }
        guard authority.isKeyDue else { return nil }
        let due: Authority.DueKeys
        do {
            due = try await authority.onAdminQueue { authority.rotateDueKeys() }
        } catch {
            return "\(type(of: error))"
        }
        for record in due.made {
            logger.notice(
                "a key was announced",
                metadata: ["capability": "\(record.capability)", "key": "\(record.id.hexadecimal.prefix(8))"])
        }
        return due.failures.isEmpty ? nil : due.failures.sorted().joined(separator: "; ")
    }
}

extension Authority {
    /// Whether the plan of any capability has something to do now.
    var isKeyDue: Bool {
        let now = time.now().wall
        return database.keyLogSummary.terms.contains { terms in
            let plan = plan(terms)
            return plan.keyToMake(at: now) != nil || plan.keyToBringForward(at: now) != nil
        }
    }
}
