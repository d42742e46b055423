internal import LibSodium
internal import Synchronization

/// Counts wrong guesses by where they come from, and forgets everything after an hour.
///
/// What it holds of an address is a digest under a random key that is thrown away with the counts, in memory alone: not
/// even this process can say afterwards who asked.
package final class GuessLimiter: Sendable {
    private static let period: Duration = .seconds(3_600)
    /// More addresses than this in an hour are not told apart from new ones: an attacker who has them needs no limit.
    private static let maximumCount = 100_000

    private let limit: Int
    private let state: Mutex<State>

    private struct State {
        var key: Bytes32
        var began: Duration
        var counts: [UInt64: Int] = [:]
    }

    /// A limiter that allows `limit` wrong guesses an hour.
    package init(limit: Int, at now: Duration) {
        self.limit = limit
        state = Mutex(State(key: Randomness.bytes32(), began: now))
    }

    /// In how many seconds an address may guess again, if it may not now; `now` is monotonic.
    package func pause(for address: [UInt8], at now: Duration) -> Int? {
        state.withLock { state in
            Self.rotate(&state, at: now)
            guard state.counts[Self.digest(address, state.key), default: 0] >= limit else { return nil }
            return max(Int(((Self.period - (now - state.began)) / .seconds(1)).rounded(.up)), 1)
        }
    }

    /// Counts a wrong guess.
    package func wrongGuess(from address: [UInt8], at now: Duration) {
        state.withLock { state in
            Self.rotate(&state, at: now)
            let digest = Self.digest(address, state.key)
            guard state.counts.count < Self.maximumCount || state.counts[digest] != nil else { return }
            state.counts[digest, default: 0] += 1
        }
    }

    private static func rotate(_ state: inout State, at now: Duration) {
        guard now - state.began >= period else { return }
        state = State(key: Randomness.bytes32(), began: now)
    }

    private static func digest(_ address: [UInt8], _ key: Bytes32) -> UInt64 {
        KeyedBLAKE2b.hash(address, key: key).bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
