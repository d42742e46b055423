package import GRDB

extension SQLiteStore {
    /// Runs `body` on the database's own thread and returns once what it wrote is durable.
    ///
    /// Callers that wait at the same time are committed together; each sees what those before it wrote, and an
    /// error that `body` throws takes back its own writes only. If the commit fails, all of them throw. The work
    /// is not cancelled with the calling task. Throws what `body` throws, or ``StoreError``; after
    /// ``StoreError/inputOutput(path:code:)`` from a commit the outcome is unknown until the next start.
    package func write<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            groupCommit.submit(body) { continuation.resume(with: $0) }
        }
    }

    /// Runs `body`, which only reads, on the database's own thread; it sees what has been committed.
    ///
    /// Throws what `body` throws, or ``StoreError``.
    package func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            queue.asyncWriteWithoutTransaction { [path] db in
                continuation.resume(with: Result { try body(db) }.mapError { StoreError.mapped($0, path: path) })
            }
        }
    }

    /// ``write(_:)`` for code that may block, such as a start or an admin command without a server.
    package func writeBlocking<T>(_ body: (Database) throws -> T) throws -> T {
        do {
            return try queue.write(body)
        } catch {
            throw StoreError.mapped(error, path: path)
        }
    }

    /// ``read(_:)`` for code that may block.
    package func readBlocking<T>(_ body: (Database) throws -> T) throws -> T {
        do {
            return try queue.inDatabase(body)
        } catch {
            throw StoreError.mapped(error, path: path)
        }
    }
}
