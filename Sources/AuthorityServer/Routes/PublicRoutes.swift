import AuthorityKeys
import Hummingbird
import JOSE
import KeyDelivery
import PrivacyPass
import ServerSupport

/// What an authority publishes: its directory, its public keys, its revocations and the keys for verifiers.
struct PublicRoutes: Sendable {
    private static let signatureType = "application/jose"

    let directory: DirectoryPublisher
    let revocations: RevocationPublisher
    let deliveries: DeliveryPublisher
    let keySet: Publication

    func add(to router: Router<ServerContext>) {
        router.get("\(IssuerDirectory.path)") { request, _ in
            let (publication, maxAge) = try await directory.current()
            return request.response(publication, contentType: MediaType.issuerDirectory, maxAge: maxAge)
        }
        router.get("\(JSONWebKeySet.path)") { request, _ in
            request.response(keySet, contentType: "application/jwk-set+json", maxAge: 300)
        }
        router.get("/revocations") { request, _ in
            let answer = try await revocations.delta(after: Self.after(request))
            return request.response(
                answer.publication, contentType: "application/octet-stream",
                cacheControl: answer.isBlock ? Publication.immutable : "public, max-age=0")
        }
        router.get("/revocations/head") { request, _ in
            try await request.response(revocations.head(), contentType: Self.signatureType, maxAge: 0)
        }
        router.get("/verifiers/:verifier/keys") { request, context in
            guard let verifier = context.parameters.get("verifier").flatMap({ VerifierID(text: $0) }) else {
                throw HTTPProblem.notFound
            }
            guard let document = try await deliveries.document(for: verifier) else {
                throw try await deliveries.isRevoked(verifier) ? HTTPProblem.verifierRevoked : .notFound
            }
            return request.response(document, contentType: Self.signatureType, maxAge: 0)
        }
    }

    private static func after(_ request: Request) throws -> UInt64 {
        let values = request.uri.queryParameters.getAll("after")
        guard let text = values.first else { return 0 }
        // UInt64 would read a sign too.
        guard values.count == 1, text.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains),
            let after = UInt64(text)
        else { throw HTTPProblem.badRequest("after is not a sequence number") }
        return after
    }
}

extension HTTPProblem {
    /// 403: the trust in this verifier is revoked, for good.
    static let verifierRevoked = HTTPProblem(
        .forbidden, name: "verifier-revoked", title: "The trust in this verifier is revoked")
}
