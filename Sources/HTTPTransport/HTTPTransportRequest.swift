/// One request: where to, what, and how much of time and memory it may take.
package struct HTTPTransportRequest: Sendable {
    /// The methods we use.
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
        case options = "OPTIONS"
    }

    /// Where a request goes.
    package enum Target: Sendable, Hashable {
        /// An `https` URL, or an `http` URL whose host is this machine.
        case url(String)
        /// The HTTP server behind the Unix socket at `path`; `uri` is the path and query to ask for, from its `/` on.
        case unixSocket(path: String, uri: String)
    }

    /// What is asked for.
    package var method: Method
    /// Where it goes.
    package var target: Target
    /// Header fields; none are added but the ones that HTTP itself needs.
    package var headers: [(name: String, value: String)]
    /// The body, or nil for none.
    package var body: [UInt8]?
    /// The largest response body that is accepted, in bytes.
    package var maximumResponseBytes: Int
    /// The time for everything from the name look-up to the last byte of the response.
    package var timeout: Duration

    /// Describes a request; by default the response may have 1 MiB and take 10 s.
    package init(
        _ method: Method, _ target: Target, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil,
        maximumResponseBytes: Int = 1024 * 1024, timeout: Duration = .seconds(10)
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.maximumResponseBytes = maximumResponseBytes
        self.timeout = timeout
    }
}

extension HTTPTransportRequest: CustomStringConvertible, CustomReflectable {
    /// Says only that this is a request: it may hold a voucher or a token.
    package var description: String { "HTTPTransportRequest" }
    /// Shows no part of it.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
