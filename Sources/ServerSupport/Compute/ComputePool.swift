internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// Threads for long computations, so that neither event loops nor the cooperative pool wait for them.
package final class ComputePool: Sendable {
    private let threads: NIOThreadPool
    private let threadCount: Int
    private let capacity: Int
    private let inside = Mutex(0)

    /// Starts `threadCount` threads; at most `queueLimit` calls wait for one of them.
    package init(threadCount: Int = System.coreCount, queueLimit: Int = 256) {
        threads = NIOThreadPool(numberOfThreads: threadCount)
        self.threadCount = threadCount
        capacity = threadCount + queueLimit
        threads.start()
    }

    deinit {
        threads.shutdownGracefully { _ in }
    }

    /// Runs `work` on one of the threads and returns what it returns.
    ///
    /// Throws ``HTTPProblem`` 503 with `Retry-After` at once if the queue is full, `CancellationError` if the task is
    /// cancelled before the work began (work that has begun is waited for), or what `work` throws.
    package func run<T: Sendable>(_ work: @Sendable @escaping () throws -> T) async throws -> T {
        guard enter() else { throw HTTPProblem.unavailable(name: "overloaded", title: "The server is overloaded") }
        defer { leave() }
        let cancelled = CancellationFlag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                threads.submit { state in
                    guard case .active = state, !cancelled.isSet else {
                        return continuation.resume(throwing: CancellationError())
                    }
                    ComputePriority.lower()
                    continuation.resume(with: Result(catching: work))
                    ComputePriority.giveWay()
                }
            }
        } onCancel: {
            cancelled.set()
        }
    }

    /// Runs `work` however many wait and although the task is cancelled: for what completes something that cannot be
    /// undone. Its callers are bounded by what ``run(_:)`` let in before.
    package func complete<T: Sendable>(_ work: @Sendable @escaping () -> T) async -> T {
        inside.withLock { $0 += 1 }
        defer { leave() }
        return await withCheckedContinuation { continuation in
            // The threads stop with the last reference to this pool, which is held here, so they take the work.
            threads.submit { _ in
                ComputePriority.lower()
                continuation.resume(returning: work())
                ComputePriority.giveWay()
            }
        }
    }

    /// Runs `work` for each item, one after the other, and returns what it returns, in order. A long row lets others
    /// through after each item.
    ///
    /// Throws as ``run(_:)`` does; where the task is cancelled or an item throws, the items after it are left out.
    package func each<Item: Sendable, Value: Sendable>(
        _ items: [Item], _ work: @Sendable @escaping (Item) throws -> Value
    ) async throws -> [Value] {
        guard enter() else { throw HTTPProblem.unavailable(name: "overloaded", title: "The server is overloaded") }
        defer { leave() }
        let cancelled = CancellationFlag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                go(on: items[...], [], cancelled, continuation, work)
            }
        } onCancel: {
            cancelled.set()
        }
    }

    /// Works until the items are done, or somebody else waits: then the rest waits behind them.
    private func go<Item: Sendable, Value: Sendable>(
        on items: ArraySlice<Item>, _ values: [Value], _ cancelled: CancellationFlag,
        _ continuation: CheckedContinuation<[Value], any Error>, _ work: @Sendable @escaping (Item) throws -> Value
    ) {
        threads.submit { [self] state in
            guard case .active = state else { return continuation.resume(throwing: CancellationError()) }
            ComputePriority.lower()
            var (items, values) = (items, values)
            do {
                while let item = items.popFirst() {
                    guard !cancelled.isSet else { throw CancellationError() }
                    values.append(try work(item))
                    ComputePriority.giveWay()
                    if isAnybodyWaiting, !items.isEmpty { return go(on: items, values, cancelled, continuation, work) }
                }
                continuation.resume(returning: values)
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    /// Whether there are more calls than threads.
    var isAnybodyWaiting: Bool { inside.withLock { $0 > threadCount } }

    private func leave() { inside.withLock { $0 -= 1 } }

    private func enter() -> Bool {
        inside.withLock { count in
            guard count < capacity else { return false }
            count += 1
            return true
        }
    }
}

private final class CancellationFlag: Sendable {
    private let flag = Atomic(false)
    var isSet: Bool { flag.load(ordering: .relaxed) }
    func set() { flag.store(true, ordering: .relaxed) }
}
