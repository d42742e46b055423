import Dispatch
import HTTPTypes
import Synchronization
import Testing

@testable import ServerSupport

@Suite(.timeLimit(.minutes(5))) struct ComputePoolTests {
    private struct Failure: Error {}

    private final class Count: Sendable {
        private let number = Atomic(0)
        var value: Int { number.load(ordering: .acquiring) }
        func add() { number.add(1, ordering: .acquiringAndReleasing) }
    }

    /// Lets a test hold the pool's threads, and count what has begun.
    private final class Valve: Sendable {
        private let isOpen = DispatchSemaphore(value: 0)
        private let begun = Atomic(0)

        func open() { isOpen.signal() }
        var count: Int { begun.load(ordering: .acquiring) }

        func wait() {
            begun.add(1, ordering: .acquiringAndReleasing)
            isOpen.wait()
            isOpen.signal()
        }
    }

    @Test func workReturnsAndThrowsThrough() async throws {
        let pool = ComputePool(threadCount: 2, queueLimit: 2)
        #expect(try await pool.run { 6 * 7 } == 42)
        await #expect(throws: Failure.self) { try await pool.run { throw Failure() } }
    }

    @Test func aFullQueueRefusesWith503AndTakesWorkAgainLater() async throws {
        let pool = ComputePool(threadCount: 1, queueLimit: 1)
        let valve = Valve()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await pool.run { valve.wait() } }
            #expect(try await eventually { valve.count == 1 })
            // One runs, one waits; of the next two at least one finds no place.
            let refused = await withTaskGroup(of: HTTPProblem?.self) { calls in
                for _ in 0..<2 {
                    calls.addTask {
                        do {
                            try await pool.run {}
                            return nil
                        } catch {
                            return error as? HTTPProblem
                        }
                    }
                }
                let first = await calls.next() ?? nil
                valve.open()
                return first
            }
            #expect(refused?.status == .serviceUnavailable)
            #expect(refused?.headers[.retryAfter] == "1")
            try await group.waitForAll()
        }
        #expect(try await pool.run { "again" } == "again")
    }

    @Test func cancelledWorkThatHasNotBegunDoesNotRun() async throws {
        let pool = ComputePool(threadCount: 1, queueLimit: 4)
        let valve = Valve()
        let late = Valve()
        late.open()
        let running = Task { try await pool.run { valve.wait() } }
        #expect(try await eventually { valve.count == 1 })
        let waiting = Task { try await pool.run { late.wait() } }
        waiting.cancel()
        valve.open()
        try await running.value
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(late.count == 0)
    }

    @Test func whatCompletesSomethingIsNeitherRefusedNorCancelled() async throws {
        let pool = ComputePool(threadCount: 1, queueLimit: 0)
        let valve = Valve()
        let running = Task { try await pool.run { valve.wait() } }
        #expect(try await eventually { valve.count == 1 })
        await #expect(throws: HTTPProblem.self) { try await pool.run {} }
        let completing = Task { await pool.complete { "done" } }
        completing.cancel()
        valve.open()
        #expect(await completing.value == "done")
        try await running.value
    }

    @Test func aRowKeepsItsOrderAndLetsOthersThroughInBetween() async throws {
        let pool = ComputePool(threadCount: 1, queueLimit: 4)
        let (valve, done) = (Valve(), Count())
        let row = Task {
            try await pool.each(Array(0..<50)) { number in
                if number == 0 { valve.wait() }
                done.add()
                return number * 2
            }
        }
        #expect(try await eventually { valve.count == 1 })
        // Waits for the one thread, and gets it before the row's end.
        let other = Task { try await pool.run { done.value } }
        #expect(try await eventually { pool.isAnybodyWaiting })
        valve.open()
        #expect(try await other.value < 50)
        #expect(try await row.value == (0..<50).map { $0 * 2 })
    }

    @Test func aRowEndsWithWhatIsThrownOrWhenItsTaskIsCancelled() async throws {
        let pool = ComputePool(threadCount: 1, queueLimit: 4)
        let done = Count()
        await #expect(throws: Failure.self) {
            try await pool.each([1, 2, 3]) { number in
                done.add()
                if number == 2 { throw Failure() }
            }
        }
        #expect(done.value == 2)
        let valve = Valve()
        let row = Task { try await pool.each([1, 2]) { _ in valve.wait() } }
        #expect(try await eventually { valve.count == 1 })
        row.cancel()
        valve.open()
        await #expect(throws: CancellationError.self) { try await row.value }
        #expect(valve.count == 1)
        #expect(try await pool.each([Int]()) { $0 }.isEmpty)
    }

    @Test func allThreadsWorkAtTheSameTime() async throws {
        let pool = ComputePool(threadCount: 3, queueLimit: 0)
        let valve = Valve()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 { group.addTask { try await pool.run { valve.wait() } } }
            #expect(try await eventually { valve.count == 3 })
            valve.open()
            try await group.waitForAll()
        }
    }

    @Test func whoeverIsAdmittedIsServedThoughTheQueueIsFullAndOthersAreTurnedAwayBefore() async throws {
        let pool = ComputePool(threadCount: 1, queueLimit: 2)
        let outcome = try await pool.admitted(places: 2) { admitted in
            try await pool.admitted { _ in
                // All three places are taken.
                await #expect(throws: HTTPProblem.overloaded) { try await pool.run {} }
                await #expect(throws: HTTPProblem.overloaded) { try await pool.admitted { _ in } }
            }
            let first = try await admitted.run { 1 }
            return try await admitted.each([1, 2, 3]) { $0 * 2 }.reduce(first, +)
        }
        #expect(outcome == 13)
        // A request for more places than there are is let in alone.
        #expect(try await pool.admitted(places: 100) { try await $0.run { true } })
        #expect(try await pool.run { true })
    }
}
