import HTTPTransport
import Logging
import ServiceLifecycle

/// Publishes what was appended to a log as soon as enough witnesses have cosigned it, and has cosignatures renewed.
struct LogPublishing: Service {
    /// How often it is looked at without a sign that something has changed.
    private static let interval: Duration = .seconds(60)

    let publisher: LogPublisher
    let growth: GrowthSignal
    let transport: HTTPTransport
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var complaint: String?
            for await _ in growth.subscribe(every: Self.interval) {
                let next = await publish()
                guard next != complaint, !Task.isCancelled else { continue }
                complaint = next
                if let next {
                    logger.warning("the key log waits for its witnesses", metadata: ["reason": "\(next)"])
                } else {
                    logger.notice("the key log is published again")
                }
            }
        }
        await transport.shutdown()
    }

    /// Publishes, or says why not.
    private func publish() async -> String? {
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
