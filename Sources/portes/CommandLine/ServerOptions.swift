import ArgumentParser
import Logging
import ServerSupport

/// What all servers take.
struct ServerOptions: ParsableArguments {
    @Option(
        help: """
            Where to listen, HOST:PORT; port 0 picks one (environment: PORTES_LISTEN; default: 127.0.0.1:8080 for an \
            authority, 127.0.0.1:8081 for a clearing server, 127.0.0.1:8082 for a witness).
            """)
    var listen: String?
    @Option(
        help: """
            The certificate chain, a PEM file; read again when it changes (environment: PORTES_TLS_CERTIFICATE; \
            default: plain http).
            """)
    var tlsCertificate: String?
    @Option(help: "The certificate's private key, a PEM file (environment: PORTES_TLS_KEY).") var tlsKey: String?
    @Option(
        help: """
            Where to serve metrics besides the admin socket: a loopback HOST:PORT, for example 127.0.0.1:9090 \
            (environment: PORTES_METRICS; default: nowhere).
            """)
    var metrics: String?
    @Option(
        help: """
            What to log: trace, debug, info, notice, warning, error or critical (environment: PORTES_LOG_LEVEL; \
            default: info).
            """)
    var logLevel: String?

    /// The settings of a file that go below flags and environment.
    struct FileSettings {
        var listen: String?
        var tlsCertificate: String?
        var tlsKey: String?
        var metrics: String?
        var logLevel: String?
    }

    /// Where and how to listen.
    func server(file: FileSettings, defaultListen: String) throws -> ServerConfiguration {
        let listen = Setting.value(listen, variable: "PORTES_LISTEN", file: file.listen) ?? defaultListen
        var server = ServerConfiguration(address: try ServerOptions.address(listen, flag: "--listen"))
        let certificate = Setting.value(tlsCertificate, variable: "PORTES_TLS_CERTIFICATE", file: file.tlsCertificate)
        let key = Setting.value(tlsKey, variable: "PORTES_TLS_KEY", file: file.tlsKey)
        switch (certificate, key) {
        case (nil, nil): break
        case (let certificate?, let key?):
            let files = TLSFiles(certificateChain: certificate, privateKey: key)
            try files.check()
            PrivateFile.warn(of: key, called: "the TLS private key")
            server.tls = files
        default:
            throw CommandFailure.usage(
                "--tls-certificate and --tls-key belong together, and only one is given",
                hint: "for example --tls-certificate chain.pem --tls-key key.pem")
        }
        return server
    }

    /// Where to serve metrics, if anywhere: not where the server listens.
    func metricsAddress(file: FileSettings, beside server: ListenAddress) throws -> ListenAddress? {
        try Setting.value(metrics, variable: "PORTES_METRICS", file: file.metrics).map { text in
            let address = try ServerOptions.address(text, flag: "--metrics")
            guard address.isLoopback else {
                throw CommandFailure.usage(
                    "--metrics takes an address of this machine alone, not '\(text)'",
                    hint: "for example --metrics 127.0.0.1:9090, or read them from the admin socket")
            }
            guard address.port == 0 || address != server else {
                throw CommandFailure.usage(
                    "--metrics and --listen cannot both be '\(text)'",
                    hint: "give metrics a port of their own, for example --metrics 127.0.0.1:9090")
            }
            return address
        }
    }

    /// A logger to standard error; decides the level for the whole process.
    func logger(_ label: String, file: FileSettings) throws -> Logger {
        let text = Setting.value(logLevel, variable: "PORTES_LOG_LEVEL", file: file.logLevel) ?? "info"
        guard let level = Logger.Level(rawValue: text) else {
            throw CommandFailure.usage(
                "--log-level does not take '\(text)'",
                hint: "use trace, debug, info, notice, warning, error or critical, for example --log-level info")
        }
        StandardErrorLogHandler.bootstrap(level: level)
        return Logger(label: label)
    }

    private static func address(_ text: String, flag: String) throws -> ListenAddress {
        do {
            return try ListenAddress(text)
        } catch {
            throw CommandFailure.usage(
                "\(flag) does not take '\(text)'", hint: "give HOST:PORT, for example \(flag) 127.0.0.1:8080")
        }
    }
}

extension ListenAddress {
    /// The address as a server's name in challenges, where none was given; an ephemeral port makes no name.
    func asServerName(flag: String) throws -> String {
        guard port != 0 else {
            throw CommandFailure.usage(
                "port 0 gives no lasting name", hint: "name the server with \(flag) HOST, or listen on a fixed port")
        }
        return description
    }
}
