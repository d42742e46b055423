import AuthorityKeys
import AuthorityStore
import KeySchedule
import KeyTransparency
import Logging
import PrivacyPass
import ServiceLifecycle

/// Forgets, once an hour, what keys leave behind a day after their acceptance has ended, and destroys their secrets.
///
/// Neither can be undone, so neither follows the calendar alone. Nothing is done while the clock guard says that it
/// was moved; and as it may have been wrong at the start already, the housekeeping has a time of
/// its own, which is kept: never later than the calendar, and since the start at most twice as fast as time passed.
/// What a stopped server missed is caught up in as long as it was stopped, and so is a calendar that is ahead.
struct Housekeeping: Service {
    private static let interval: Duration = .seconds(3_600)
    private static let delay = RotationPlan.destructionDelay

    let authority: Authority
    let logger: Logger

    func run() async throws {
        let start = authority.time.now()
        try? await cancelWhenGracefulShutdown {
            // Not at once: if the clock is wrong, there is a minute to notice.
            var pause: Duration = .seconds(60)
            while true {
                try await ContinuousClock().sleep(for: pause)
                await tidy(since: start)
                pause = Self.interval
            }
        }
    }

    /// One round; `start` is a moment at which the calendar was taken to be right.
    func tidy(since start: Moment) async {
        let now = authority.time.now()
        guard authority.clock.isSteady else {
            logger.warning("the calendar was moved: nothing is tidied up until it is back, or the next start")
            return
        }
        let reached = authority.housekeepingTime.adding(seconds: 2 * Self.seconds(from: start, to: now))
        let time = min(now.wall, reached)
        if time < now.wall {
            logger.warning("the calendar is ahead of what was seen of it: ended keys are forgotten later")
        }
        do {
            try await authority.database.setHousekeepingTime(time)
            try await authority.onAdminQueue {
                try authority.endKeys(acceptedUntil: time.adding(seconds: -Self.delay))
            }
            let forgotten = try await authority.database.purgeKeys(endedBefore: time.adding(seconds: -Self.delay))
            try await authority.database.purgeStatements(endedBefore: time.adding(seconds: -Self.delay))
            for id in try await authority.destroySecrets(of: forgotten) {
                logger.notice("a secret was destroyed", metadata: ["key": "\(id.hexadecimal.prefix(8))"])
            }
        } catch {
            logger.error("tidying up failed", metadata: ["error": "\(type(of: error))"])
        }
    }

    private static func seconds(from start: Moment, to now: Moment) -> Int64 {
        max((now.monotonic - start.monotonic).components.seconds, 0)
    }
}

extension Authority {
    /// Logs the keys whose acceptance ended before `time`, with how many tokens they issued; blocks: for the admin
    /// queue.
    func endKeys(acceptedUntil time: UnixTime) throws {
        let history = database.keyHistory
        let ended = try database.keys().filter { key in
            history.keys[key.record.id].map { $0.issued == nil && $0.record.acceptUntil < time } ?? false
        }
        for key in ended {
            try change([.ended(key.record.id, issued: UInt64(clamping: key.issued))], at: database.changeTime)
        }
    }
}
