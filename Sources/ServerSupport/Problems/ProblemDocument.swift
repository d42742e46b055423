package import HTTPTypes

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A machine-readable description of a failed request (RFC 9457).
package struct ProblemDocument: Sendable, Hashable, Codable {
    /// The media type of the JSON form (RFC 9457, section 6.1).
    package static let mediaType = "application/problem+json"
    /// What every problem's `type` begins with; the problem's name follows.
    package static let typePrefix = "urn:portes:problem:"

    /// A URI that names the kind of problem and never changes: ``typePrefix`` and a name such as `content-too-large`.
    package var type: String
    /// A few words for people, the same for every problem of the type.
    package var title: String
    /// The status code of the response.
    package var status: Int
    /// What is wrong with this very request, or nil.
    package var detail: String?

    /// Describes a problem by its name (lower case and hyphens), title, status and detail.
    package init(name: String, title: String, status: HTTPResponse.Status, detail: String? = nil) {
        self.type = Self.typePrefix + name
        self.title = title
        self.status = status.code
        self.detail = detail
    }

    /// The JSON form with keys in alphabetical order.
    package func encoded() -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Four plain members always encode; an empty object is still a valid problem document.
        guard let data = try? encoder.encode(self) else { return Array("{}".utf8) }
        return [UInt8](data)
    }
}
