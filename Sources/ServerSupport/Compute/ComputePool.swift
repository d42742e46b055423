internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// Threads for long computations, so that neither event loops nor the cooperative pool wait for them.
package final class ComputePool: Sendable {
    private let threads: NIOThreadPool
    /// How many threads there are.
    package let threadCount: Int
    private let capacity: Int
    private let load = Mutex(Load())

    private struct Load {
        /// Places that are taken.
        var places = 0
        /// Calls that work or wait for a thread.
        var calls = 0
    }

    /// A place that a request has taken: what it runs waits for a thread, and is never refused.
    package struct Admitted: Sendable {
        fileprivate let pool: ComputePool

        /// As ``ComputePool/run(_:)``.
        package func run<T: Sendable>(_ work: @Sendable @escaping () throws -> T) async throws -> T {
            try await pool.work(work)
        }

        /// As ``ComputePool/each(_:_:)``.
        package func each<Item: Sendable, Value: Sendable>(
            _ items: [Item], _ work: @Sendable @escaping (Item) throws -> Value
        ) async throws -> [Value] {
            try await pool.row(items, work)
        }
    }

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
        try await admitted { try await $0.run(work) }
    }

    /// Runs `body` with a place, or several where its work takes long, that it keeps to its end.
    ///
    /// For a request that changes something before it computes: it is refused, with ``HTTPProblem`` 503, before, and
    /// not after. One that takes all places is let in where nobody else is.
    package func admitted<T>(
        places: Int = 1, _ body: (Admitted) async throws -> T
    ) async throws -> T {
        let places = min(max(places, 1), capacity)
        let isFree = load.withLock { load in
            guard load.places + places <= capacity else { return false }
            load.places += places
            return true
        }
        guard isFree else { throw HTTPProblem.overloaded }
        defer { load.withLock { $0.places -= places } }
        return try await body(Admitted(pool: self))
    }

    private func work<T: Sendable>(_ work: @Sendable @escaping () throws -> T) async throws -> T {
        begin()
        defer { end() }
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
        begin()
        load.withLock { $0.places += 1 }
        defer {
            load.withLock { $0.places -= 1 }
            end()
        }
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
        try await admitted { try await $0.each(items, work) }
    }

    private func row<Item: Sendable, Value: Sendable>(
        _ items: [Item], _ work: @Sendable @escaping (Item) throws -> Value
    ) async throws -> [Value] {
        begin()
        defer { end() }
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
    var isAnybodyWaiting: Bool { load.withLock { $0.calls > threadCount } }

    private func begin() { load.withLock { $0.calls += 1 } }

    private func end() { load.withLock { $0.calls -= 1 } }
}

private final class CancellationFlag: Sendable {
    private let flag = Atomic(false)
    var isSet: Bool { flag.load(ordering: .relaxed) }
    func set() { flag.store(true, ordering: .relaxed) }
}
