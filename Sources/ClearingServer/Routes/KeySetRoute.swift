internal import ClearingStore
internal import Hummingbird
internal import JOSE
internal import NIOCore
internal import PrivacyPass
internal import ServerSupport

/// `GET /.well-known/jwks.json`: the keys that receipts and redeemed counts are signed with, for any JWS library.
enum KeySetRoute {
    static func add(to router: Router<ServerContext>, _ keys: ClearingKeySet) {
        let body = ByteBuffer(bytes: keys.encoded)
        let tag = EntityTag(hex: keys.digest)
        router.get(RouterPath(JSONWebKeySet.path)) { request, _ in
            request.response(
                body, tag: tag, contentType: "application/jwk-set+json", cacheControl: "public, max-age=3600")
        }
    }
}
