import Hummingbird
import ServerSupport
import Synchronization
import Testing

/// What is computed for a client that is gone.
@Suite(.timeLimit(.minutes(5))) struct HungUpClientTests {
    private final class Count: Sendable {
        private let number = Atomic(0)
        var value: Int { number.load(ordering: .acquiring) }
        func add() { number.add(1, ordering: .acquiringAndReleasing) }
    }

    @Test func aRowOfWorkEndsWithTheConnection() async throws {
        let (done, pool) = (Count(), ComputePool(threadCount: 1, queueLimit: 4))
        let router = ServerRouter.make()
        router.get("/long") { _, _ in
            // Each item takes a while: a hundred of them would take far longer than the test waits.
            _ = try await pool.each(Array(0..<1_000_000)) { _ in
                for _ in 0..<20_000 { _ = Int.random(in: 0..<10) }
                done.add()
            }
            return "done"
        }
        try await withServer(router) { port in
            try await withConnection(to: port) { connection in
                #expect(await connection.send("GET /long HTTP/1.1\r\nHost: a\r\n\r\n"))
                let hasBegun = try await eventually { done.value > 0 }
                #expect(hasBegun)
            }
            // The thread is free again for others: no work is left.
            #expect(try await pool.run { true })
            let count = done.value
            #expect(try await pool.run { true })
            #expect(done.value <= count + 1 && count < 1_000_000)
        }
    }
}
