/// How requests reach an issuer or an origin: one method, so that an app may bring its own HTTP client.
///
/// A transport follows no redirects, keeps no cookies and adds nothing that tells one user from another. An issuer
/// and an origin get transports of their own: a connection, a TLS session or an address that both see links what
/// tokens keep apart.
public protocol TokenTransport: Sendable {
    /// Sends a request and returns the whole response, whatever its status; throws if there is none, or if its body
    /// is longer than ``TransportRequest/maximumResponseCount``.
    func send(_ request: TransportRequest) async throws -> TransportResponse
}

/// One field of an HTTP header.
public struct HeaderField: Sendable, Hashable {
    /// The name; upper and lower case mean the same.
    public let name: String
    /// The value.
    public let value: String

    /// A field with this name and value.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

extension HeaderField: CustomStringConvertible, CustomReflectable {
    /// The name alone: the value may be a voucher, a token or a binding.
    public var description: String { name }
    /// Shows no part of the value.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// An HTTP request. It may hold a voucher or a token, so it has no description.
public struct TransportRequest: Sendable {
    /// The methods in use.
    public enum Method: String, Sendable, Hashable {
        /// GET, without a body.
        case get = "GET"
        /// POST.
        case post = "POST"
        /// DELETE, perhaps with a body.
        case delete = "DELETE"
    }

    /// The method.
    public let method: Method
    /// The absolute URL: https, or http on the loopback interface.
    public let url: String
    /// The fields to send.
    public let headers: [HeaderField]
    /// The body.
    public let body: [UInt8]
    /// The longest body that the response may have, in bytes.
    public let maximumResponseCount: Int

    /// A request from its parts.
    public init(
        _ method: Method, url: String, headers: [HeaderField], body: [UInt8] = [], maximumResponseCount: Int
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.maximumResponseCount = maximumResponseCount
    }
}

extension TransportRequest: CustomStringConvertible, CustomReflectable {
    /// Says only that this is a request.
    public var description: String { "TransportRequest" }
    /// Shows no part of the request.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// An HTTP response.
public struct TransportResponse: Sendable {
    /// The status code.
    public let status: Int
    /// All fields of the header; those that were sent several times stand here several times.
    public let headers: [HeaderField]
    /// The whole body.
    public let body: [UInt8]

    /// A response from its parts.
    public init(status: Int, headers: [HeaderField], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The values of all fields of a name, in order.
    public func values(of name: String) -> [String] {
        let name = name.lowercased()
        return headers.filter { $0.name.lowercased() == name }.map(\.value)
    }

    /// The media type of the body in lower case and without parameters, or `nil` if the header has none.
    var mediaType: String? {
        values(of: "content-type").first?.prefix { $0 != ";" && $0 != " " }.lowercased()
    }

    /// In how many seconds to try again, where the header says so in seconds (RFC 9110, section 10.2.3).
    var retryAfter: Int? {
        values(of: "retry-after").first.flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
    }
}
