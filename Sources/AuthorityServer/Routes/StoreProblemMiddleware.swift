import Hummingbird
import Logging
import SQLiteSupport
import ServerSupport
import Synchronization

/// Tells the caller of a failing database to come again, and the admin, in the log, what is wrong with it.
final class StoreProblemMiddleware: RouterMiddleware {
    /// A full disk is not told with every request: the log may lie on it.
    private static let logInterval: Duration = .seconds(10)

    private let lastLogged = Mutex<ContinuousClock.Instant?>(nil)

    func handle(
        _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as StoreError {
            if isTimeToLog() { context.logger.error("the database fails", metadata: ["error": "\(error)"]) }
            throw error.isTemporary ? HTTPProblem.unavailable(detail: "try the same request again") : .internalError
        }
    }

    private func isTimeToLog() -> Bool {
        let now = ContinuousClock.now
        return lastLogged.withLock { last in
            if let last, now - last < Self.logInterval { return false }
            last = now
            return true
        }
    }
}
