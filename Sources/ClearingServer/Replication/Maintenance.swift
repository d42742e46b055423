internal import ClearingStore
internal import HTTPTransport
internal import Logging
internal import ServiceLifecycle

/// Closes the ledgers of keys that ended long enough ago, again and again until shutdown.
struct Maintenance: Service {
    let database: ClearingDatabase
    let interval: Duration
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                // Sleeping ends early only when the task is cancelled. First of all no head was fetched yet.
                try? await Task.sleep(for: interval)
                await closeEndedLedgers()
            }
        }
    }

    private func closeEndedLedgers() async {
        do {
            let count = try await database.closeEndedLedgers()
            if count > 0 { logger.notice("ledgers have ended", metadata: ["count": "\(count)"]) }
        } catch {
            logger.error("ledgers that have ended stay", metadata: ["reason": "\(error)"])
        }
    }
}

/// Closes what all other services use once they have ended: runs as the first service.
struct Foundations: Service {
    let database: ClearingDatabase
    let transport: HTTPTransport

    func run() async throws {
        // Cancelled or shut down, everything is closed.
        try? await gracefulShutdown()
        await transport.shutdown()
        try database.close()
    }
}
