import UnixSignals

/// The wish of a user, or of the system, that the program end.
enum Interruption {
    /// Runs `body`, cancels it when the wish comes, and waits for it in either case.
    static func race(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let work = Task { try await body() }
        let watch = Task {
            await wait()
            work.cancel()
        }
        defer { watch.cancel() }
        do {
            try await work.value
        } catch where work.isCancelled {
            throw CommandFailure("interrupted")
        }
    }

    /// Returns at the first SIGINT or SIGTERM, or when the task is cancelled.
    static func wait() async {
        for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { return }
    }
}
