import Logging
import ServiceLifecycle

/// Signs heads of the revocation list until shutdown, see ``HeadSigner``.
struct HeadService: Service {
    let heads: HeadSigner
    let growth: GrowthSignal
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown { await heads.run(growth: growth, logger: logger) }
    }
}
