internal import HTTPTransport
public import PortesClient

/// Carries requests over HTTP: https except to this machine, no cookies, no redirects, limited time and size.
///
/// Each instance has connections and TLS sessions of its own. Give the issuer's client and each origin's client an
/// instance of its own: ``IssuerClient/init(_:name:connection:)`` and ``OriginClient/init(_:name:connection:)`` do.
public final class HTTPTokenTransport: TokenTransport {
    private let transport: HTTPTransport
    private let timeout: Duration

    /// How a server is reached.
    public struct Connection: Sendable {
        /// The proxy, as `http://HOST:PORT` or `socks5://HOST:PORT`, or `nil` for none.
        ///
        /// Issuer and origin each see where requests come from: a proxy for one of them keeps it from being the same
        /// place.
        public var proxy: String?
        /// A PEM file of certificate authorities that are trusted beside the system's, or `nil` for none.
        public var certificateAuthorityFile: String?
        /// The time for a whole exchange.
        public var timeout: Duration

        /// A connection; by default direct, with the system's authorities and 30 seconds.
        public init(
            proxy: String? = nil, certificateAuthorityFile: String? = nil, timeout: Duration = .seconds(30)
        ) {
            self.proxy = proxy
            self.certificateAuthorityFile = certificateAuthorityFile
            self.timeout = timeout
        }
    }

    /// Why there can be no such transport.
    public enum ConfigurationError: Error, Sendable, Hashable {
        /// The proxy is not `http://HOST:PORT` or `socks5://HOST:PORT`.
        case invalidProxy
        /// The file cannot be read, or holds no certificate in PEM.
        case invalidCertificateAuthorityFile
    }

    /// A transport; it connects when it is first used, and closes its connections when it is released.
    public init(_ connection: Connection = Connection()) throws(ConfigurationError) {
        do {
            transport = try HTTPTransport(
                proxy: connection.proxy.map { text throws(HTTPTransportError) in try ProxyAddress(text) },
                certificateAuthorityFile: connection.certificateAuthorityFile)
        } catch {
            throw error == .invalidProxy ? .invalidProxy : .invalidCertificateAuthorityFile
        }
        timeout = connection.timeout
    }

    deinit {
        let transport = transport
        Task { await transport.shutdown() }
    }

    /// Sends a request and returns the whole response, whatever its status.
    ///
    /// Throws ``TransportFailure`` if there is none; it names no more than the host.
    public func send(_ request: TransportRequest) async throws -> TransportResponse {
        let method: HTTPTransportRequest.Method =
            switch request.method {
            case .get: .get
            case .post: .post
            case .delete: .delete
            }
        let message = HTTPTransportRequest(
            method, .url(request.url), headers: request.headers.map { ($0.name, $0.value) },
            body: request.body.isEmpty ? nil : request.body, maximumResponseBytes: request.maximumResponseCount,
            timeout: timeout)
        let response: HTTPTransportResponse
        do {
            response = try await transport.send(message)
        } catch {
            throw TransportFailure(error.description, hint: error.hint)
        }
        return TransportResponse(
            status: response.status, headers: response.headers.map { HeaderField($0.name, $0.value) },
            body: response.body)
    }
}
