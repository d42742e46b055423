package import Disclosure
internal import HTTPTypes
package import Hummingbird
internal import NIOCore

/// `GET /what-we-hold`: every table and column of this server's database, with purpose and lifetime.
package enum DisclosureRoute {
    /// The path.
    package static let path = "/what-we-hold"
}

extension RouterMethods {
    /// Adds `GET /what-we-hold`: JSON, or a page of HTML for whoever prefers that.
    package func addDisclosure(_ disclosure: WhatWeHold) {
        let json = (ByteBuffer(bytes: disclosure.json.bytes), EntityTag(hex: disclosure.json.digest))
        let page = (ByteBuffer(bytes: disclosure.page.bytes), EntityTag(hex: disclosure.page.digest))
        get("\(DisclosureRoute.path)") { request, _ in
            let isPage = request.prefersPage
            let (body, tag) = isPage ? page : json
            return request.response(
                body, tag: tag, contentType: isPage ? "text/html; charset=utf-8" : "application/json",
                cacheControl: "public, max-age=300", headers: [.vary: "Accept"])
        }
    }
}

extension Request {
    /// Whether `Accept` names HTML with a higher quality than JSON (RFC 9110, section 12.5.1); wildcards are for
    /// either.
    fileprivate var prefersPage: Bool {
        var qualities: [Substring: Double] = [:]
        for range in headers[values: .accept].joined(separator: ",").split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.trimmed }
            guard let type = parts.first else { continue }
            let quality = parts.dropFirst().first { $0.lowercased().hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
            qualities[Substring(type.lowercased())] = quality ?? 1
        }
        return qualities["text/html", default: 0] > qualities["application/json", default: 0]
    }
}

extension Substring {
    /// Without blanks at its ends.
    fileprivate var trimmed: Substring {
        let rest = drop { $0 == " " || $0 == "\t" }
        return rest[..<(rest.lastIndex { $0 != " " && $0 != "\t" }.map(rest.index(after:)) ?? rest.startIndex)]
    }
}
