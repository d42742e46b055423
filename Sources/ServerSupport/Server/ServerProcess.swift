package import Logging
internal import NIOCore
internal import NIOPosix
package import ServiceLifecycle
internal import Synchronization
internal import UnixSignals

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Runs services as a server process.
package enum ServerProcess {
    /// Runs `services` until one ends, or SIGTERM or SIGINT arrives, then shuts them down in reverse order: put what
    /// the others need first and the servers last.
    ///
    /// Each server ends within its own shutdown duration (10 s by default). Services that have not ended after
    /// `shutdownDuration` and a `grace` are cancelled, and after another `grace` the process exits with status 1: with
    /// the defaults it is over within 15 s. Logs `stopped` in the end. Throws what a service threw.
    package static func run(
        _ services: [any Service], shutdownDuration: Duration = .seconds(10), grace: Duration = .seconds(2),
        logger: Logger
    ) async throws {
        // A reader of our output that goes away must not take the server with it.
        signal(SIGPIPE, SIG_IGN)
        FileDescriptorLimit.raise()
        let watch = ShutdownWatch(duration: shutdownDuration + grace + grace, logger: logger)
        defer { watch.stop() }
        var configuration = ServiceGroupConfiguration(
            // What stands last hears of the shutdown first.
            services: (services + [watch]).map { service in
                ServiceGroupConfiguration.ServiceConfiguration(
                    service: service, successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup)
            },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = shutdownDuration + grace
        try await ServiceGroup(configuration: configuration).run()
        logger.info("stopped")
    }
}

/// Ends the process when its services do not.
private final class ShutdownWatch: Service {
    private let duration: Duration
    private let logger: Logger
    private let timer = Mutex<Scheduled<Void>?>(nil)

    init(duration: Duration, logger: Logger) {
        self.duration = duration
        self.logger = logger
    }

    func run() async throws {
        try await gracefulShutdown()
        // An event loop's timer also fires when every thread of the cooperative pool is stuck.
        let scheduled = MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: TimeAmount(duration)) {
            [logger] in
            logger.critical("a service does not stop, the process ends without it")
            _exit(1)
        }
        timer.withLock { $0 = scheduled }
    }

    func stop() {
        timer.withLock { $0?.cancel() }
    }
}

/// Writes text to standard error as it is, whatever the log level; what cannot be written is given up.
package func writeToStandardError(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
    }
}
