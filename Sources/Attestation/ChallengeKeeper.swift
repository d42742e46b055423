package import Accounts
package import KeySchedule
internal import LibSodium
internal import Synchronization

/// Makes challenges and knows its own again, without keeping them; keeps those that were answered, until they expire.
///
/// Its key lives as long as the process: so no challenge is good after a restart, and what was answered may be
/// forgotten then. Wrong answers cost one or two hashes, and leave nothing.
package final class ChallengeKeeper: Sendable {
    /// For how many seconds a challenge is good: enough for the hardest proof of work on a slow device.
    package static let life: Int64 = 600
    /// How many answered challenges are kept; beyond that nothing is taken until some have expired.
    private static let maximumAnswered = 1 << 20

    /// Why an answer does not count.
    package enum Refusal: Error, Sendable, Hashable {
        /// The challenge was not made here since the start.
        case notOurs
        /// Its time is over.
        case expired
        /// It was answered before.
        case answered
        /// Too many were answered lately.
        case overloaded
    }

    private let key = SecretBytes(randomCount: 32)
    private let difficulty: UInt8
    private let answered = Mutex(Answered())

    /// What was answered, with when each expires.
    private struct Answered {
        var expiries: [[UInt8]: Int64] = [:]
        /// At how many to look for those that have expired.
        var sweepCount = 1_024

        mutating func sweep(at now: UnixTime) {
            expiries = expiries.filter { $0.value >= now.seconds }
            sweepCount = max(1_024, 2 * expiries.count)
        }
    }

    /// A keeper that asks for proofs of this difficulty.
    package init(difficulty: UInt8) { self.difficulty = min(difficulty, ProofOfWork.maximumDifficulty) }

    /// A new challenge.
    package func challenge(at now: UnixTime) -> AccountChallenge {
        AccountChallenge(difficulty: difficulty, expires: now.adding(seconds: Self.life).seconds, key: key)
    }

    /// Throws for a challenge that cannot be answered any more, or was never made here.
    package func check(_ challenge: AccountChallenge, at now: UnixTime) throws(Refusal) {
        guard challenge.isMade(with: key) else { throw .notOurs }
        guard challenge.expires >= now.seconds, challenge.expires <= now.seconds + 2 * Self.life else { throw .expired }
        guard answered.withLock({ $0.expiries[challenge.random] == nil }) else { throw .answered }
    }

    /// Takes a challenge as answered, from now on and once: of several at the same time one gets through.
    package func use(_ challenge: AccountChallenge, at now: UnixTime) throws(Refusal) {
        try check(challenge, at: now)
        let refusal: Refusal? = answered.withLock { answered in
            if answered.expiries[challenge.random] != nil { return .answered }
            if answered.expiries.count >= answered.sweepCount { answered.sweep(at: now) }
            guard answered.expiries.count < Self.maximumAnswered else { return .overloaded }
            answered.expiries[challenge.random] = challenge.expires
            return nil
        }
        if let refusal { throw refusal }
    }

    /// Takes a challenge's answer back, because nothing came of it.
    package func release(_ challenge: AccountChallenge) {
        answered.withLock { _ = $0.expiries.removeValue(forKey: challenge.random) }
    }
}
