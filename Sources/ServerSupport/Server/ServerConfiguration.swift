/// Everything a server needs to know before it listens; every value but the address has a default.
package struct ServerConfiguration: Sendable {
    /// Where to listen.
    package var address: ListenAddress
    /// Certificate and key for https, or nil for plain http.
    package var tls: TLSFiles?
    /// What one connection, and all of them together, may take.
    package var limits: ConnectionLimits
    /// Whether the server says on standard error where it listens; true unless changed.
    package var announcesAddress = true
    /// Called once the server listens; by default nothing.
    package var onListening: @Sendable () -> Void = {}
    /// How long a connection that is busy at SIGTERM may take to finish.
    package var shutdownDuration: Duration

    /// Makes a configuration with the given address and defaults for the rest: 10 s to shut down.
    package init(
        address: ListenAddress, tls: TLSFiles? = nil,
        limits: ConnectionLimits = ConnectionLimits(), shutdownDuration: Duration = .seconds(10)
    ) {
        self.address = address
        self.tls = tls
        self.limits = limits
        self.shutdownDuration = shutdownDuration
    }
}

/// The paths of a PEM certificate chain and of its PEM private key.
package struct TLSFiles: Sendable, Hashable {
    /// The chain, the server's own certificate first.
    package var certificateChain: String
    /// The unencrypted private key.
    package var privateKey: String

    /// How often a running server looks whether they have changed.
    package var checkInterval: Duration

    /// Names the two files.
    package init(certificateChain: String, privateKey: String, checkInterval: Duration = .seconds(5)) {
        self.certificateChain = certificateChain
        self.privateKey = privateKey
        self.checkInterval = checkInterval
    }
}

/// Bounds on connections, in time and size, that keep slow or greedy clients from taking the server away.
///
/// All deadlines are absolute: a byte a second does not extend them.
package struct ConnectionLimits: Sendable, Hashable {
    /// Connections open at one time; more wait in the system's queue. Lowered to fit the limit of file descriptors.
    package var maximumConnections = 8192
    /// From accepting a connection, or from the first byte of a later request, to the end of the request's head.
    package var headDeadline: Duration = .seconds(5)
    /// From the end of a request's head to the end of its body; then the answer 408 has the linger duration to go out.
    package var bodyDeadline: Duration = .seconds(7)
    /// From the first byte of a response to the moment the system has taken its last.
    package var responseDeadline: Duration = .seconds(8)
    /// From the end of a response to the first byte of the next request.
    package var idleTimeout: Duration = .seconds(8)
    /// How long unread bytes are thrown away after an early answer, so that the client can read it before the close.
    package var lingerDuration: Duration = .seconds(2)
    /// All header fields of a request together, in bytes.
    package var maximumHeadBytes = 32 * 1024
    /// The number of header fields of a request.
    package var maximumHeaderFields = 100
    /// A client that asks with `Expect: 100-continue` is told to go on if its body has at most this many bytes.
    package var maximumExpectedBytes = 1024 * 1024
    /// Whether an HTTP/1.1 request without a `Host` is refused (RFC 9112, section 3.2); on a socket there is no host.
    package var requiresHost = true
    /// Unread bytes of a request body that are read and dropped so that the connection can be used again.
    package var maximumDrainedBytes = 64 * 1024

    /// For what only this machine's users reach, beside a public server: 64 connections, the rest as by default.
    package static var local: ConnectionLimits {
        var limits = ConnectionLimits()
        limits.maximumConnections = 64
        limits.requiresHost = false
        return limits
    }

    /// The defaults: 8,192 connections; head 5 s, body 7 s, response 8 s, idle 8 s; 32 KiB and 100 header fields.
    package init() {}
}
