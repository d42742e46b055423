import Attestation
import ServerSupport
import Synchronization

/// Keeps requests that were charged before from taking the threads from those that pay: each is evaluated once at a
/// time, and all together on half of the threads. Else one paid batch, sent again and again, would do.
final class RepeatGuard: Sendable {
    private let limit: Int
    private let running = Mutex<Set<RequestHash>>([])

    /// A guard for a pool of so many threads.
    init(threadCount: Int) { limit = max(1, threadCount / 2) }

    /// Runs `body`, the evaluation of repeated requests; throws 503 if one of them is being evaluated, or too many are.
    func evaluating<T>(_ hashes: [RequestHash], _ body: () async throws -> T) async throws -> T {
        guard !hashes.isEmpty else { return try await body() }
        let isFree = running.withLock { running in
            guard running.count < limit, running.isDisjoint(with: hashes) else { return false }
            running.formUnion(hashes)
            return true
        }
        guard isFree else { throw HTTPProblem.overloaded }
        defer { running.withLock { $0.subtract(hashes) } }
        return try await body()
    }
}
