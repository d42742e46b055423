internal import ClearingStore
internal import Hummingbird
internal import JOSE
internal import NIOCore
internal import PrivacyPass
internal import ServerSupport

/// `GET /.well-known/jwks.json`: the key that receipts are signed with, for any JWS library.
enum KeySetRoute {
    static func add(to router: Router<ServerContext>, signer: ReceiptSigner) {
        let body = ByteBuffer(bytes: signer.keySet.encoded)
        let tag = EntityTag(hex: signer.keySetDigest)
        router.get(RouterPath(JSONWebKeySet.path)) { request, _ in
            request.response(
                body, tag: tag, contentType: "application/jwk-set+json", cacheControl: "public, max-age=3600")
        }
    }
}
