package import Hummingbird
package import NIOCore
internal import HTTPTypes

/// A strong entity tag (RFC 9110, section 8.8.3).
package struct EntityTag: Sendable, Hashable, CustomStringConvertible {
    /// The tag as it stands in the header, with its quotes.
    package let description: String

    /// Makes a tag from a hash of the body in hexadecimal digits.
    package init(hex: String) {
        description = "\"\(hex)\""
    }

    /// Whether an `If-None-Match` value names this tag: a list of tags, weak ones compared by their opaque part, or `*`
    /// (RFC 9110, section 13.1.2).
    package func matches(ifNoneMatch value: String) -> Bool {
        var rest = value[...]
        while true {
            rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "," }
            if rest.isEmpty { return false }
            if rest.first == "*" { return true }
            if rest.hasPrefix("W/") { rest = rest.dropFirst(2) }
            // A tag may hold commas, so its end is the next quote.
            guard rest.first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") else { return false }
            if rest[...end] == description { return true }
            rest = rest[rest.index(after: end)...]
        }
    }
}

extension Request {
    /// 304 without a body if the caller's copy is the one with `tag`, else 200 with the body; both carry `ETag`,
    /// `Cache-Control` and the given header fields.
    package func response(
        _ body: @autoclosure () -> ByteBuffer, tag: EntityTag, contentType: String, cacheControl: String,
        headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.eTag] = tag.description
        headers[.cacheControl] = cacheControl
        if let known = self.headers[.ifNoneMatch], tag.matches(ifNoneMatch: known) {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = contentType
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body()))
    }
}
