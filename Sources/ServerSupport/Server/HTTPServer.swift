package import Hummingbird
internal import HummingbirdCore
package import Logging
package import Metrics
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle

/// An HTTP server on a TCP port: a service that runs until graceful shutdown.
package struct HTTPServer: Service {
    private let configuration: ServerConfiguration
    private let certificates: CertificateStore?
    private let core: ServerCore

    /// Prepares a server for the routes of `router`, which the caller must not change any more. The certificate files
    /// of `configuration` are read now.
    ///
    /// `metrics` counts connections; nil for none. Throws ``TLSFilesError`` if certificate and key cannot be used.
    package init<Context: RequestContext>(
        configuration: ServerConfiguration, router: Router<Context>, metrics: (any MetricsFactory)? = nil,
        logger: Logger
    ) throws where Context: InitializableFromSource<ApplicationRequestContextSource> {
        self.configuration = configuration
        certificates = try configuration.tls.map { try CertificateStore(files: $0, logger: logger) }
        core = ServerCore(
            responder: ServerCore.responder(for: router, logger: logger),
            limits: configuration.limits, shutdownDuration: configuration.shutdownDuration, certificates: certificates,
            metrics: metrics.map { ConnectionMetrics(factory: $0) }, logger: logger)
    }

    /// Listens, prints `listening on URL` on standard error (see ``ServerConfiguration/announcesAddress``), and serves
    /// until graceful shutdown; watches the certificate files meanwhile. Throws ``ListenError`` if it cannot listen.
    package func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            if let certificates {
                group.addTask { try await certificates.watch() }
            }
            let wanted = configuration.address
            let address = BindAddress.hostname(wanted.host, port: wanted.port)
            try await core.run(address: address, place: wanted.description) { [certificates, configuration] bound in
                let listening = ListenAddress(host: wanted.host, port: bound?.port ?? wanted.port)
                let scheme = certificates == nil ? "http" : "https"
                configuration.onListening()
                guard configuration.announcesAddress else { return }
                writeToStandardError("listening on \(scheme)://\(listening)\n")
            }
            group.cancelAll()
        }
    }

    /// The port in use, which is the configured one unless that is 0. Waits until the server listens, and throws what
    /// ``run()`` throws if it never does.
    package var port: Int {
        get async throws { try await core.boundAddress()?.port ?? configuration.address.port }
    }
}
