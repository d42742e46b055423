/// A response, whole.
package struct HTTPTransportResponse: Sendable {
    /// The status code; a redirect (3xx) is returned like any other.
    package let status: Int
    /// The header fields in the order they came.
    package let headers: [(name: String, value: String)]
    /// The body.
    package let body: [UInt8]

    /// All values of a header field; names are compared without case.
    package func values(of name: String) -> [String] {
        let name = name.lowercased()
        return headers.filter { $0.name.lowercased() == name }.map(\.value)
    }

    /// The first value of a header field, or nil.
    package func header(_ name: String) -> String? {
        values(of: name).first
    }

    /// The body as text; bytes that are not UTF-8 are replaced.
    package var text: String {
        String(decoding: body, as: UTF8.self)
    }
}

extension HTTPTransportResponse: CustomStringConvertible, CustomReflectable {
    /// Says only that this is a response: it may hold new voucher codes.
    package var description: String { "HTTPTransportResponse" }
    /// Shows no part of it.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
