internal import Synchronization

/// So many a minute, over all callers, with as many at once as a minute brings. In memory alone.
package final class RateLimiter: Sendable {
    private let perSecond: Double
    private let capacity: Double
    private let state: Mutex<(left: Double, last: Duration)>

    /// A limiter that begins full.
    package init(perMinute: Int, at now: Duration) {
        perSecond = Double(max(perMinute, 1)) / 60
        capacity = Double(max(perMinute, 1))
        state = Mutex((capacity, now))
    }

    /// Takes one, or says in how many seconds there will be one; `now` is monotonic.
    package func take(at now: Duration) -> Int? {
        state.withLock { state in
            let passed = max((now - state.last) / .seconds(1), 0)
            state = (min(state.left + passed * perSecond, capacity), max(now, state.last))
            guard state.left >= 1 else { return max(Int(((1 - state.left) / perSecond).rounded(.up)), 1) }
            state.left -= 1
            return nil
        }
    }
}
