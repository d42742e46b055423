internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An HTTP client with bounds: https except to this machine, no redirects, no cookies, limited time and size.
///
/// Each instance has connections and TLS sessions of its own, so that two of them cannot be told to be one client by
/// these. Shut it down when done.
package final class HTTPTransport: Sendable {
    private let client: HTTPClient
    private let proxy: ProxyAddress?

    /// Makes a client, with a proxy and a PEM file of certificate authorities that are trusted beside the system's.
    ///
    /// It has at most `connections` open to one server; further requests wait for one of them. Throws
    /// ``HTTPTransportError/invalidCertificateAuthorityFile``.
    package init(
        proxy: ProxyAddress? = nil, certificateAuthorityFile: String? = nil, connections: Int = 8
    ) throws(HTTPTransportError) {
        self.proxy = proxy
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.decompression = .disabled
        // Name look-up, TCP, proxy and TLS together; the request's own timeout may be shorter.
        configuration.timeout.connect = .seconds(10)
        // Less than our servers' idle timeout, so that a request never meets a connection that is being closed.
        configuration.connectionPool.idleTimeout = .seconds(5)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        // A refused connection is an answer; whoever polls tries again by itself.
        configuration.connectionPool.retryConnectionEstablishment = false
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let certificateAuthorityFile {
            let certificates = Self.certificates(certificateAuthorityFile)
            guard !certificates.isEmpty else { throw .invalidCertificateAuthorityFile }
            tls.additionalTrustRoots = [.certificates(certificates)]
        }
        configuration.tlsConfiguration = tls
        configuration.proxy = proxy.map { proxy in
            switch proxy.kind {
            case .http: .server(host: proxy.host, port: proxy.port)
            case .socks5: .socksServer(host: proxy.host, port: proxy.port)
            }
        }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Whether a file holds certificates of authorities (PEM), so that it can be given.
    package static func isCertificateAuthorityFile(_ path: String) -> Bool { !certificates(path).isEmpty }

    private static func certificates(_ path: String) -> [NIOSSLCertificate] {
        (try? NIOSSLCertificate.fromPEMFile(path)) ?? []
    }

    deinit {
        // The client traps when it is released without this, as after a start that failed half-way.
        Task { [client] in try? await client.shutdown() }
    }

    /// Sends a request and returns the whole response, whatever its status.
    package func send(_ request: HTTPTransportRequest) async throws(HTTPTransportError) -> HTTPTransportResponse {
        let (url, host) = try checkedURL(request.target)
        var message = HTTPClientRequest(url: url)
        message.method = HTTPMethod(rawValue: request.method.rawValue)
        for (name, value) in request.headers {
            guard isFieldName(name), isFieldValue(value) else { throw .invalidHeader }
            message.headers.add(name: name, value: value)
        }
        if let body = request.body { message.body = .bytes(body) }
        do {
            return try await withDeadline(request.timeout, host: host) { [client, message] in
                let response = try await client.execute(message, timeout: TimeAmount(request.timeout))
                let body = try await response.body.collect(upTo: request.maximumResponseBytes)
                // A cancelled stream just ends.
                try Task.checkCancellation()
                return HTTPTransportResponse(
                    status: Int(response.status.code), headers: response.headers.map { ($0.name, $0.value) },
                    body: [UInt8](buffer: body))
            }
        } catch {
            let viaProxy = if case .url = request.target { proxy != nil } else { false }
            let error = HTTPTransportError(error, host: host, viaProxy: viaProxy, limit: request.maximumResponseBytes)
            throw await withDates(error, of: url)
        }
    }

    /// Tells a certificate that nobody vouches for from one whose time is over, where the server is reached directly.
    private func withDates(_ error: HTTPTransportError, of url: String) async -> HTTPTransportError {
        guard case .tlsFailed(let place, .untrusted) = error, proxy == nil, let url = URL(string: url),
            let host = url.host?.withoutBrackets,
            let failure = await CertificateDates.shown(by: host, port: url.port ?? 443)?.failure()
        else { return error }
        return .tlsFailed(host: place, reason: failure)
    }

    /// Gets `url`; with `ifNoneMatch` the answer is 304 if the entity tag is still that one.
    package func get(
        _ url: String, headers: [(name: String, value: String)] = [], ifNoneMatch: String? = nil,
        maximumResponseBytes: Int = 1024 * 1024, timeout: Duration = .seconds(10)
    ) async throws(HTTPTransportError) -> HTTPTransportResponse {
        let condition = ifNoneMatch.map { [(name: "If-None-Match", value: $0)] } ?? []
        return try await send(
            HTTPTransportRequest(
                .get, .url(url), headers: headers + condition, maximumResponseBytes: maximumResponseBytes,
                timeout: timeout))
    }

    /// Posts `body` with the media type `contentType` to `url`.
    package func post(
        _ url: String, headers: [(name: String, value: String)] = [], contentType: String, body: [UInt8],
        maximumResponseBytes: Int = 1024 * 1024, timeout: Duration = .seconds(10)
    ) async throws(HTTPTransportError) -> HTTPTransportResponse {
        try await send(
            HTTPTransportRequest(
                .post, .url(url), headers: headers + [(name: "Content-Type", value: contentType)], body: body,
                maximumResponseBytes: maximumResponseBytes, timeout: timeout))
    }

    /// Closes all connections; the transport cannot be used any more.
    package func shutdown() async {
        // The only errors are of connections that were being used, and of a second call.
        try? await client.shutdown()
    }

    /// The URL for the client, and its host and port for errors.
    private func checkedURL(
        _ target: HTTPTransportRequest.Target
    ) throws(HTTPTransportError) -> (url: String, host: String) {
        switch target {
        case .unixSocket(let path, let uri):
            guard let url = URL(httpURLWithSocketPath: path, uri: uri) else { throw .invalidURL }
            return (url.absoluteString, "the socket \(path)")
        case .url(let text):
            guard let url = URL(string: text), let scheme = url.scheme?.lowercased(),
                let host = url.host?.withoutBrackets,
                !host.isEmpty, url.user == nil, url.password == nil, url.fragment == nil
            else { throw .invalidURL }
            let place = url.port.map { "\(host):\($0)" } ?? host
            switch scheme {
            case "https": return (text, place)
            case "http":
                guard LoopbackHost.contains(host), proxy.map({ LoopbackHost.contains($0.host) }) ?? true else {
                    throw .plainHTTP(host: place)
                }
                return (text, place)
            default: throw .invalidURL
            }
        }
    }
}

/// Runs `work` for at most `timeout`. The client's own deadline ends with the head of the response, so a body that
/// trickles needs this one.
private func withDeadline<T: Sendable>(
    _ timeout: Duration, host: String, _ work: @escaping @Sendable () async throws -> T
) async throws -> T {
    try await withThrowingTaskGroup(of: T.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await Task.sleep(for: timeout)
            throw HTTPTransportError.timedOut(host)
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw CancellationError() }
        return first
    }
}
