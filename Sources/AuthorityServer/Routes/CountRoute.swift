import AuthorityStore
import HTTPTypes
import Hummingbird
import JOSE
import KeyDelivery
import NIOCore
import PrivacyPass
import ServerSupport

/// `POST /verifiers/ID/counts`: how many tokens of an ended key a clearing server redeemed, signed by it.
struct CountRoute: Sendable {
    private static let mediaType = "application/jose"

    let authority: Authority
    let issuerName: ServerName
    let pool: ComputePool

    func add(to router: Router<ServerContext>) {
        router.post("/verifiers/:verifier/counts") { request, context in
            guard let verifier = context.parameters.get("verifier").flatMap({ VerifierID(text: $0) }) else {
                throw HTTPProblem.notFound
            }
            return try await take(request, from: verifier)
        }
    }

    private func take(_ request: Request, from verifier: VerifierID) async throws -> Response {
        guard request.mediaType == Self.mediaType else {
            throw HTTPProblem.unsupportedMediaType(accepted: [Self.mediaType])
        }
        let body = try await request.body(upTo: RedeemedCount.maximumCount)
        let text = String(buffer: body)
        guard let signer = try await authority.database.countKey(of: verifier) else { throw HTTPProblem.notFound }
        guard authority.isClockRight else { throw HTTPProblem.clockMoved }
        let count = try await pool.run { try? RedeemedCount(verifying: text, key: signer) }
        guard let count, count.verifier == verifier, count.issuer == issuerName.text else {
            throw HTTPProblem.countInvalid
        }
        let outcome: CountOutcome
        do {
            outcome = try await authority.onAdminQueue { [authority] in
                try authority.database.putOnRecord(count, statement: text, signer: signer)
            }
        } catch is KeyLogRefusal {
            throw HTTPProblem.unavailable(detail: "the key log takes nothing now; try the same request again")
        }
        if outcome == .stored { authority.growth.send() }
        switch outcome {
        case .stored, .repeated: return Response(status: .noContent, headers: [.cacheControl: "no-store"])
        case .contradicts: throw HTTPProblem.countContradicts
        case .unknownVerifier: throw HTTPProblem.notFound
        case .unknownKey: throw HTTPProblem.countInvalid
        case .tooEarly: throw HTTPProblem.countTooEarly
        }
    }
}

extension HTTPProblem {
    /// 422: no statement of this verifier about a key that it was trusted with.
    fileprivate static let countInvalid = HTTPProblem(
        .unprocessableContent, name: "count-invalid", title: "This is no statement of this verifier about a key of its")

    /// 422: the key's acceptance is not over.
    fileprivate static let countTooEarly = HTTPProblem(
        .unprocessableContent, name: "count-too-early", title: "The key's tokens are still accepted")

    /// 409: the first statement stands.
    fileprivate static let countContradicts = HTTPProblem(
        .conflict, name: "count-contradicts", title: "Another statement of this verifier about this key is on record")
}
