import AuthorityKeys
import HTTPTypes
import Hummingbird
import KeyTransparency
import NIOCore
import ServerSupport

/// A log as static files (C2SP tlog-tiles): the checkpoint, the tiles under it, and the key that signs it.
struct LogRoutes: Sendable {
    let publisher: LogPublisher
    let key: NoteVerificationKey

    func add(to router: Router<ServerContext>) {
        let path = publisher.log.path
        router.get("\(path)/checkpoint") { request, _ in
            guard let checkpoint = try await publisher.checkpoint() else { throw HTTPProblem.notFound }
            return request.response(checkpoint, contentType: Self.textType, maxAge: 5)
        }
        router.get("\(path)/key") { request, _ in
            request.response(Publication(Array((key.verifierKey + "\n").utf8)), contentType: Self.textType, maxAge: 300)
        }
        router.get("\(path)/tile/**") { request, _ in
            // The path as it was sent: the router takes several spellings for one, and a static server would not.
            guard let bytes = try await publisher.tile(String(request.uri.path.dropFirst(path.count + 1))) else {
                throw HTTPProblem.notFound
            }
            return Response(
                status: .ok,
                headers: [.contentType: "application/octet-stream", .cacheControl: Publication.immutable],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        }
    }

    private static let textType = "text/plain; charset=utf-8"
}
