import HTTPTypes
import Hummingbird
import JOSE
import KeyDelivery
import KeySchedule
import LibSodium
import Logging
import NIOCore
import PrivacyPass
import Revocation
import ServerSupport
import Synchronization

/// Serves what a `TestAuthority` signs, over real HTTP.
struct AuthorityStub: Sendable {
    let authority: TestAuthority
    let time: any TimeSource
    /// While set, every request is answered with 503.
    let isAway = Flag()
    /// How often that happened.
    let refusals = Mutexed(0)
    /// Keys that the directory announces beside those that are delivered.
    let announced = Mutexed<[KeyRecord]>([])
    /// The statements of redeemed counts that came, as they were sent.
    let statements = Mutexed<[String]>([])
    /// How a statement is answered.
    let countStatus = Mutexed(HTTPResponse.Status.noContent)
    /// While set, every delta of the revocation list is the first.
    let repeatsFirstDelta = Flag()
    /// While set, no keys are delivered, because the trust is revoked.
    let refusesDeliveries = Flag()
    /// While set, those who ask for keys are not answered.
    let holdsDeliveries = Flag()
    /// How many asked for keys meanwhile.
    let held = Mutexed(0)
    /// How often the head of the list was asked for.
    let heads = Mutexed(0)
    /// How often the directory was asked for.
    let directoryFetches = Mutexed(0)

    func server(logger: Logger) throws -> HTTPServer {
        let router = ServerRouter.make()
        router.get("/verifiers/{id}/keys") { request, context in
            try refuseWhileAway()
            if holdsDeliveries.isSet { held.value += 1 }
            while holdsDeliveries.isSet { try await Task.sleep(for: .milliseconds(5)) }
            if refusesDeliveries.isSet { throw HTTPProblem(.forbidden, name: "verifier-revoked", title: "No more") }
            guard let id = context.parameters.get("id").flatMap({ VerifierID(text: $0) }) else {
                throw HTTPProblem.notFound
            }
            return answer(request, Array(authority.delivery(to: id).utf8))
        }
        router.get("/revocations") { request, _ in
            try refuseWhileAway()
            guard let after = request.uri.queryParameters.get("after", as: UInt64.self) else {
                throw HTTPProblem.badRequest()
            }
            guard let delta = authority.delta(after: repeatsFirstDelta.isSet ? 0 : after) else {
                throw HTTPProblem.notFound
            }
            return answer(request, delta.encoded)
        }
        router.get("/revocations/head") { request, _ in
            try refuseWhileAway()
            heads.value += 1
            return answer(request, Array(try authority.signedHead(at: time.now().wall).utf8))
        }
        router.post("/verifiers/{id}/counts") { request, _ in
            try refuseWhileAway()
            let body = try await request.body(upTo: 4_096)
            statements.value += [String(buffer: body)]
            return Response(status: countStatus.value)
        }
        router.get("/.well-known/jwks.json") { request, _ in
            let key = JSONWebKey(publicKey: authority.publicDeliveryKey, purpose: .keyDelivery)
            return answer(request, JSONWebKeySet(keys: [key]).encoded)
        }
        router.get(RouterPath(IssuerDirectory.path)) { request, _ in
            directoryFetches.value += 1
            let keys = (authority.records + announced.value).map {
                IssuerDirectory.Key(
                    tokenType: $0.tokenType, tokenKey: $0.publicKey, notBefore: $0.notBefore.seconds,
                    capability: $0.capability)
            }
            return answer(request, IssuerDirectory(issuerRequestURI: "/token-request", tokenKeys: keys).encoded)
        }
        return try HTTPServer(
            configuration: ServerConfiguration(
                address: ListenAddress(host: "127.0.0.1", port: 0), shutdownDuration: .seconds(1)),
            router: router, logger: logger)
    }

    private func refuseWhileAway() throws {
        guard isAway.isSet else { return }
        refusals.value += 1
        throw HTTPProblem.unavailable()
    }

    private func answer(_ request: Request, _ body: [UInt8]) -> Response {
        request.response(
            ByteBuffer(bytes: body), tag: EntityTag(hex: Hexadecimal.encode(SHA256.hash(body).bytes)),
            contentType: "application/octet-stream", cacheControl: "no-cache")
    }
}

/// A value that several tasks change.
final class Mutexed<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>

    init(_ value: Value) { mutex = Mutex(value) }

    var value: Value {
        get { mutex.withLock { $0 } }
        set { mutex.withLock { $0 = newValue } }
    }
}

/// Something that is or is not.
final class Flag: Sendable {
    private let state = Mutexed(false)

    var isSet: Bool { state.value }
    func set(_ value: Bool) { state.value = value }
}
