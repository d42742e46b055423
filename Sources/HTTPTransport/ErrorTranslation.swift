internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSOCKS
internal import NIOSSL

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension HTTPTransportError {
    /// Says in our terms what the client library reported of a request to `host`, `viaProxy` or not.
    init(_ error: any Error, host: String, viaProxy: Bool, limit: Int) {
        switch error {
        case let error as HTTPTransportError: self = error
        case is CancellationError: self = .cancelled
        case is NIOTooManyBytesError: self = .responseTooLarge(limit: limit)
        case let error as HTTPClientError: self.init(error, host: host)
        case is NIOConnectionError where viaProxy: self = .proxyFailed
        case is SOCKSError.ConnectionFailed, is SOCKSError.InvalidProtocolVersion,
            is SOCKSError.InvalidAuthenticationSelection,
            is SOCKSError.NoValidAuthenticationMethod, is SOCKSError.InvalidReservedByte,
            is SOCKSError.InvalidAddressType,
            is SOCKSError.UnexpectedRead:
            self = .proxyFailed
        case let error as NIOConnectionError: self.init(error, host: host)
        case let error as IOError: self.init(errno: error.errnoCode, host: host)
        case is HTTPParserError: self = .invalidResponse(host)
        case let error as NIOSSLError: self = .tlsFailed(host: host, reason: Self.reason(error))
        case is NIOSSLExtraError: self = .tlsFailed(host: host, reason: "the certificate is not for this host")
        case is BoringSSLError: self = .tlsFailed(host: host, reason: "the handshake failed")
        case let error as ChannelError: self.init(error, host: host)
        default: self = .failed(host: host, reason: "\(type(of: error))")
        }
    }

    private init(_ error: HTTPClientError, host: String) {
        switch error {
        case .connectTimeout, .deadlineExceeded, .readTimeout, .writeTimeout, .getConnectionFromPoolTimeout,
            .tlsHandshakeTimeout:
            self = .timedOut(host)
        case .cancelled, .requestStreamCancelled: self = .cancelled
        case .alreadyShutdown: self = .shutDown
        case .remoteConnectionClosed: self = .connectionClosed(host)
        case .invalidProxyResponse, .proxyAuthenticationRequired, .socksHandshakeTimeout, .httpProxyHandshakeTimeout:
            self = .proxyFailed
        case .invalidURL, .emptyHost, .emptyScheme, .missingSocketPath: self = .invalidURL
        default: self = .failed(host: host, reason: error.shortDescription)
        }
    }

    private init(_ error: NIOConnectionError, host: String) {
        if error.connectionErrors.isEmpty {
            self = .unknownHost(host)
        } else if let cause = error.connectionErrors.lazy.compactMap({ $0.error as? IOError }).first {
            self.init(errno: cause.errnoCode, host: host)
        } else {
            self = .timedOut(host)
        }
    }

    private init(_ error: ChannelError, host: String) {
        switch error {
        case .connectTimeout: self = .timedOut(host)
        case .ioOnClosedChannel, .alreadyClosed, .inputClosed, .outputClosed, .eof: self = .connectionClosed(host)
        default: self = .failed(host: host, reason: "\(type(of: error))")
        }
    }

    private init(errno code: CInt, host: String) {
        switch code {
        case ECONNREFUSED, ENOENT: self = .refused(host)
        case ETIMEDOUT: self = .timedOut(host)
        case ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL: self = .unreachable(host)
        case ECONNRESET, EPIPE, ENOTCONN: self = .connectionClosed(host)
        default: self = .failed(host: host, reason: "system error \(code)")
        }
    }

    private static func reason(_ error: NIOSSLError) -> String {
        switch error {
        case .handshakeFailed(.sslError(let stack)) where "\(stack)".contains("CERTIFICATE_VERIFY_FAILED"):
            "the certificate is not trusted"
        case .uncleanShutdown: "the connection was cut"
        default: "the handshake failed"
        }
    }
}
