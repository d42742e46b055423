import GRDB
import Synchronization

/// Commits the writes of concurrent callers together, so that one `fsync` serves many.
///
/// Whoever submits while a commit runs is part of the next one.
final class GroupCommit: Sendable {
    /// How many callers one transaction serves at most, so that none waits long for the others.
    private static let limit = 512

    private let queue: DatabaseQueue
    private let path: String
    private let waiting = Mutex<[Work]>([])

    init(queue: DatabaseQueue, path: String) {
        self.queue = queue
        self.path = path
    }

    /// Has `body` run and committed, and then calls `completion`, on the database's thread.
    func submit<T: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> T,
        completion: @escaping @Sendable (Result<T, any Error>) -> Void
    ) {
        let work = Work(path: path, body: body, completion: completion)
        let isFirst = waiting.withLock { waiting in
            waiting.append(work)
            return waiting.count == 1
        }
        if isFirst { schedule() }
    }

    private func schedule() {
        queue.asyncWriteWithoutTransaction { [self] db in commitWaiting(db) }
    }

    private func commitWaiting(_ db: Database) {
        let (batch, isMore) = waiting.withLock { waiting in
            let batch = Array(waiting.prefix(Self.limit))
            waiting.removeFirst(batch.count)
            return (batch, !waiting.isEmpty)
        }
        if isMore { schedule() }

        var attempts: [Attempt] = []
        do {
            try db.beginTransaction(.immediate)
            for work in batch {
                let attempt = work.attempt(db)
                attempts.append(attempt)
                // A full disk or a failed write can end the whole transaction, not only the savepoint.
                if let error = attempt.error, !db.isInsideTransaction { throw error }
            }
            try db.commit()
            for attempt in attempts { attempt.finish(nil) }
        } catch {
            let error = StoreError.mapped(error, path: path)
            if db.isInsideTransaction { try? db.rollback() }
            for attempt in attempts { attempt.finish(error) }
            for work in batch.dropFirst(attempts.count) { work.refuse(error) }
        }
    }
}

/// What one caller wants written.
private struct Work: Sendable {
    /// Runs it inside the open transaction.
    let attempt: @Sendable (Database) -> Attempt
    /// Tells the caller that it could not be run.
    let refuse: @Sendable (any Error) -> Void

    init<T: Sendable>(
        path: String, body: @escaping @Sendable (Database) throws -> T,
        completion: @escaping @Sendable (Result<T, any Error>) -> Void
    ) {
        refuse = { completion(.failure($0)) }
        attempt = { db in
            let result = Result { try Savepoint.run(db) { try body(db) } }
                .mapError { StoreError.mapped($0, path: path) }
            switch result {
            case .success(let value):
                return Attempt(error: nil) { completion($0.map(Result.failure) ?? .success(value)) }
            case .failure(let error):
                return Attempt(error: error) { _ in completion(.failure(error)) }
            }
        }
    }
}

/// One caller's work that was run and is not yet committed.
private struct Attempt {
    /// Why its own writes were taken back, if they were.
    let error: (any Error)?
    /// Tells the caller: `nil` once the transaction is durable, or the error that undid it.
    let finish: ((any Error)?) -> Void
}

private enum Savepoint {
    /// Runs `body`, and takes back what it wrote if it throws.
    static func run<T>(_ db: Database, _ body: () throws -> T) throws -> T {
        try db.cachedStatement(sql: "SAVEPOINT one").execute()
        do {
            let value = try body()
            try db.cachedStatement(sql: "RELEASE one").execute()
            return value
        } catch {
            if db.isInsideTransaction {
                try db.cachedStatement(sql: "ROLLBACK TO one").execute()
                try db.cachedStatement(sql: "RELEASE one").execute()
            }
            throw error
        }
    }
}
