import AuthorityKeys
import Hummingbird
import NIOCore
import ServerSupport

extension Request {
    /// The publication, or 304 if the caller has it already.
    func response(_ publication: Publication, contentType: String, maxAge: Int64) -> Response {
        response(
            ByteBuffer(bytes: publication.bytes), tag: EntityTag(hex: publication.digest), contentType: contentType,
            cacheControl: "public, max-age=\(maxAge)")
    }
}
