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
        case is SOCKSError.ConnectionFailed: self = .proxyRefused
        case is SOCKSError.InvalidProtocolVersion,
            is SOCKSError.InvalidAuthenticationSelection,
            is SOCKSError.NoValidAuthenticationMethod, is SOCKSError.InvalidReservedByte,
            is SOCKSError.InvalidAddressType,
            is SOCKSError.UnexpectedRead:
            self = .proxyFailed
        case let error as NIOConnectionError: self.init(error, host: host)
        case let error as IOError: self.init(errno: error.errnoCode, host: host)
        case is HTTPParserError: self = .invalidResponse(host)
        case NIOSSLError.uncleanShutdown: self = .connectionClosed(host)
        case let error as NIOSSLError: self = .tlsFailed(host: host, reason: Self.reason(error))
        case let error as NIOSSLExtraError
        where [.failedToValidateHostname, .serverHostnameImpossibleToMatch].contains(error):
            self = .tlsFailed(host: host, reason: .otherHost)
        case is NIOSSLExtraError, is BoringSSLError: self = .tlsFailed(host: host, reason: .handshake)
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
        case .invalidProxyResponse, .proxyAuthenticationRequired: self = .proxyRefused
        case .socksHandshakeTimeout, .httpProxyHandshakeTimeout: self = .proxyFailed
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
        case EACCES, EPERM: self = .failed(host: host, reason: "this machine does not allow it")
        case EMFILE, ENFILE: self = .failed(host: host, reason: "too many files are open")
        default: self = .failed(host: host, reason: "the system refused it")
        }
    }

    private static func reason(_ error: NIOSSLError) -> TLSFailure {
        guard case .handshakeFailed(.sslError(let stack)) = error else { return .handshake }
        // The numbers behind these names are not public.
        let names = "\(stack)"
        if names.contains("CERTIFICATE_VERIFY_FAILED") { return .untrusted }
        return names.contains("WRONG_VERSION_NUMBER") || names.contains("HTTP_REQUEST") ? .notSpoken : .handshake
    }
}
