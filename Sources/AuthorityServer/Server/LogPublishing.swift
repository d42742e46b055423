import HTTPTransport
import Logging
import Metrics
import ServiceLifecycle

/// Publishes what was appended to a log as soon as enough witnesses have cosigned it, and has cosignatures renewed.
struct LogPublishing: Service {
    /// How often it is looked at without a sign that something has changed.
    private static let interval: Duration = .seconds(60)
    /// How long after a failure it is tried again; twice as long after the next, up to the longest.
    private static let firstPause: Duration = .seconds(1)
    private static let longestPause: Duration = .seconds(16)

    let publisher: LogPublisher
    let growth: GrowthSignal
    let transport: HTTPTransport
    let logger: Logger
    let unpublished: Gauge

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var complaint: String?
            for await _ in growth.subscribe(every: Self.interval) {
                var pause = Self.firstPause
                // Until it is published no client takes a new key, so a witness that comes back is not kept waiting.
                while let reason = await publish(), !Task.isCancelled {
                    if reason != complaint { complain(reason) }
                    complaint = reason
                    try? await ContinuousClock().sleep(for: pause)
                    pause = min(pause * 2, Self.longestPause)
                }
                if complaint != nil, !Task.isCancelled { logger.notice("the key log is published again") }
                complaint = nil
            }
        }
        await transport.shutdown()
    }

    private func complain(_ reason: String) {
        logger.warning("the key log waits for its witnesses", metadata: ["reason": "\(reason)"])
    }

    init(
        publisher: LogPublisher, growth: GrowthSignal, transport: HTTPTransport, logger: Logger,
        factory: any MetricsFactory
    ) {
        (self.publisher, self.growth, self.transport, self.logger) = (publisher, growth, transport, logger)
        unpublished = Gauge(label: "portes_key_log_unpublished_entries", factory: factory)
    }

    /// Publishes, or says why not.
    private func publish() async -> String? {
        let reason = await attempt()
        // What could not be counted is not said to be none.
        if let count = try? await publisher.unpublishedCount() { unpublished.record(Double(count)) }
        return reason
    }

    private func attempt() async -> String? {
        do {
            try await publisher.publishWhatIsNew()
            return nil
        } catch let shortage as WitnessShortage {
            return "\(shortage)"
        } catch {
            return "\(type(of: error))"
        }
    }
}
