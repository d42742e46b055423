import AuthorityKeys
import Hummingbird
import NIOCore
import ServerSupport

extension Publication {
    /// The `Cache-Control` of what never changes.
    static let immutable = "public, max-age=31536000, immutable"
}

extension Request {
    /// The publication, or 304 if the caller has it already.
    func response(_ publication: Publication, contentType: String, maxAge: Int64) -> Response {
        response(publication, contentType: contentType, cacheControl: "public, max-age=\(maxAge)")
    }

    /// The publication, or 304 if the caller has it already.
    func response(_ publication: Publication, contentType: String, cacheControl: String) -> Response {
        response(
            ByteBuffer(bytes: publication.bytes), tag: EntityTag(hex: publication.digest), contentType: contentType,
            cacheControl: cacheControl)
    }
}
