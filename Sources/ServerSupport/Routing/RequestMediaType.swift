package import Hummingbird
internal import HTTPTypes

extension Request {
    /// The media type in `Content-Type` without parameters, in lower case (RFC 9110, section 8.3.1); nil if there is
    /// none.
    package var mediaType: String? {
        headers[.contentType].map { field in
            let type = field.prefix { $0 != ";" }.drop { $0.isOptionalWhitespace }
            let end = type.lastIndex { !$0.isOptionalWhitespace }.map { type.index(after: $0) } ?? type.endIndex
            return type[..<end].lowercased()
        }
    }
}

extension Character {
    fileprivate var isOptionalWhitespace: Bool { self == " " || self == "\t" }
}
