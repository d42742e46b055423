import Hummingbird
package import NIOCore
import Synchronization

/// How many bytes of bodies one route may hold at a time, of all its requests together: what many slow clients send
/// large bodies of piece by piece must not fill the memory.
package final class BodyBudget: Sendable {
    private let bytes: Int
    private let held = Mutex(0)

    /// A budget of that many bytes.
    package init(bytes: Int) { self.bytes = bytes }

    fileprivate func reserve(_ count: Int) -> Bool {
        held.withLock { held in
            guard held + count <= bytes else { return false }
            held += count
            return true
        }
    }

    fileprivate func release(_ count: Int) { held.withLock { $0 -= count } }

    /// How many bytes are held now.
    package var heldBytes: Int { held.withLock { $0 } }
}

extension Request {
    /// Gives `use` the body, of at most `limit` bytes, which counts against a budget until `use` is done. Throws what
    /// ``body(upTo:)`` throws, and 503 `overloaded` where the budget is spent.
    package func withBody<Value>(
        upTo limit: Int, within budget: BodyBudget, _ use: (ByteBuffer) async throws -> Value
    ) async throws -> Value {
        var reserved = 0
        defer { budget.release(reserved) }
        let body = try await body(upTo: limit, reserving: { count in
            guard budget.reserve(count) else {
                throw HTTPProblem.overloaded
            }
            reserved += count
        })
        return try await use(body)
    }
}
