internal import ClearingStore
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdPrivacyPass
internal import KeySchedule
internal import NIOCore
internal import PortesVerifier
internal import PrivacyPass
internal import ServerSupport

/// `POST /redeem` and `POST /verify`: one token, in the `Authorization` field.
struct RedemptionRoutes: Sendable {
    let redeemer: Redeemer

    /// The paths that web pages may call.
    static let crossOrigin: Set<String> = ["/redeem"]

    func add(to router: Router<ServerContext>) {
        router.post("/redeem") { request, _ in try await redeem(request) }
        router.post("/verify") { request, _ in
            do {
                return try await verify(request)
            } catch let problem as HTTPProblem {
                throw problem.joiningChallenges
            }
        }
    }

    /// Spends a token, with the binding in `Portes-Binding` if there is one, and answers with a receipt.
    private func redeem(_ request: Request) async throws -> Response {
        let presented = try presented(in: request, binding: try binding(in: request))
        switch try await redeemOne(presented, withReceipt: true) {
        case .spent(let capability, let receipt, let isReplay):
            return Response.json(RedemptionJSON.spent(capability, receipt: receipt, isReplay: isReplay))
        case .alreadySpent: throw HTTPProblem.alreadySpent(.conflict)
        case .refused(let failure): throw refusal(failure)
        }
    }

    /// Spends a token for a reverse proxy, which admits whoever gets 204: so there is no binding here, and a token that
    /// comes again is always refused.
    private func verify(_ request: Request) async throws -> Response {
        switch try await redeemOne(presented(in: request, binding: nil), withReceipt: false) {
        case .spent(let capability, _, _):
            return Response(
                status: .noContent, headers: [.portesCapability: capability.name, .cacheControl: "no-store"])
        case .alreadySpent: throw HTTPProblem.alreadySpent(.unauthorized, headers: challenges)
        case .refused(let failure): throw refusal(failure)
        }
    }

    private func redeemOne(_ presented: Presented, withReceipt: Bool) async throws -> Redemption {
        guard let one = try await redeemer.redeem([presented], withReceipts: withReceipt).first else {
            throw HTTPProblem.internalError
        }
        return one
    }

    private var challenges: HTTPFields { redeemer.challenger.fields(at: redeemer.time.now()) }

    /// 401 with what is accepted; 503 or 403 while no key is here whose tokens are.
    private var tokenRequired: HTTPProblem {
        let challenges = challenges
        return challenges.isEmpty ? nothingAccepted : .tokenRequired(challenges)
    }

    /// 503: keys may arrive any moment, or never again. 403: what there was is revoked.
    private var nothingAccepted: HTTPProblem {
        if redeemer.database.state.verifier.isRevoked { return .refused(.verifierRevoked, challenges: [:]) }
        let isForGood = redeemer.database.state.verifier.hasRevokedCapabilitiesOnly(at: redeemer.time.now())
        return isForGood ? .nothingToAskFor : .notReady
    }

    private func refusal(_ failure: VerificationFailure) -> HTTPProblem {
        let challenges = challenges
        // The token's key may be one that has not arrived yet. Every other refusal is for good.
        if failure == .unknownKey, challenges.isEmpty { return nothingAccepted }
        return .refused(failure, challenges: challenges)
    }

    private func presented(in request: Request, binding: SpendBinding?) throws -> Presented {
        guard redeemer.challenger.policy != nil else { throw HTTPProblem.notReady }
        switch PresentedToken(authorization: request.headers[values: .authorization]) {
        case .none: throw tokenRequired
        case .refused(let failure): return Presented(token: .failure(failure), binding: binding)
        case .token(let token): return Presented(token: .success(token), binding: binding)
        }
    }

    private func binding(in request: Request) throws -> SpendBinding? {
        let values = request.headers[values: .portesBinding]
        guard let value = values.first else { return nil }
        guard values.count == 1, let binding = SpendBinding(base64URL: value) else { throw HTTPProblem.badBinding }
        return binding
    }
}

extension SpendBinding {
    /// A binding of 16 to 256 bytes in base64url, or `nil`.
    init?(base64URL text: String) {
        guard text.utf8.count <= 4 * SpendBinding.maximumCount, let bytes = Base64URL.decode(text) else { return nil }
        self.init(bytes)
    }
}

extension HTTPProblem {
    /// 400: a binding is not one; nothing was spent.
    static let badBinding = HTTPProblem(
        .badRequest, name: "bad-binding", title: "The binding is not 16 to 256 bytes in base64url")
}

extension HTTPField.Name {
    /// What a token is spent for, base64url.
    static let portesBinding = parsed("Portes-Binding")
    /// What the token was good for.
    static let portesCapability = parsed("Portes-Capability")

    // Both are tokens of RFC 9110; any field does for a name that is none.
    private static func parsed(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .from }
}
