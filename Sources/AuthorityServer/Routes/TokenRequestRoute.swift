import Attestation
import HTTPTypes
import Hummingbird
import Issuance
import KeySchedule
import Metrics
import NIOCore
import PrivacyPass
import ServerSupport

/// `POST /token-request` (RFC 9578, section 5; batched tokens draft, section 5).
struct TokenRequestRoute: Sendable {
    let authority: Authority
    let gate: any IssuanceGate
    /// Whether everybody gets tokens for nothing.
    let isGateOpen: Bool
    let maximumBatch: Int
    /// How many tokens one request may ask for of a capability, where that is fewer.
    let batchSizes: [Capability: Int]
    let pool: ComputePool
    let metrics: IssuanceMetrics

    func add(to router: Router<ServerContext>) {
        router.post("\(DirectoryPublisher.requestPath)") { request, _ in try await respond(to: request) }
    }

    private func respond(to request: Request) async throws -> Response {
        guard let form = request.mediaType.flatMap({ TokenRequestMessage.Form(mediaType: $0) }) else {
            throw HTTPProblem.unsupportedMediaType(accepted: TokenRequestMessage.Form.allCases.map(\.requestType))
        }
        let payer = try payer(of: request)
        let body = try await request.body(upTo: form.largestBody(maximumBatch: maximumBatch))
        let answer = try await answer(Array(body.readableBytesView), form: form, payer: payer)
        return Response(
            status: .ok, headers: [.contentType: form.responseType, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer)))
    }

    /// Who pays, by the form of the credentials alone.
    private func payer(of request: Request) throws(HTTPProblem) -> Charge.Payer {
        if isGateOpen { return .nobody }
        let parts = (request.headers[.authorization] ?? "").split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer", let code = VoucherCode(parts[1]) else {
            throw .voucherMissing
        }
        return .voucher(code.hash)
    }

    private func answer(
        _ body: [UInt8], form: TokenRequestMessage.Form, payer: Charge.Payer
    ) async throws -> [UInt8] {
        let maximumBatch = maximumBatch
        let (message, hash) = try await pool.run {
            do {
                return try (
                    TokenRequestMessage(body, form: form, maximumBatch: maximumBatch),
                    RequestHash(body: body, mediaType: form.requestType)
                )
            } catch let error as MessageError {
                throw HTTPProblem.malformedRequest(error)
            }
        }
        guard authority.isClockRight else { throw HTTPProblem.clockMoved }
        let (now, issuer) = (authority.time.now().wall, authority.issuer)
        let (truncatedID, tokenType) = (message.truncatedKeyID, message.tokenType)
        guard let key = issuer.key(truncatedID: truncatedID, tokenType: tokenType, at: now) else {
            throw issuer.isOfRevokedCapability(truncatedID: truncatedID, tokenType: tokenType, at: now)
                ? HTTPProblem.capabilityRevoked : .keyUnknown
        }
        guard message.count <= batchSizes[key.capability] ?? maximumBatch else {
            throw HTTPProblem.batchTooLarge
        }
        let charge = Charge(payer: payer, request: hash, count: message.count, keyID: key.id)
        let keyID = try await charged(charge)
        return try await pool.run { [authority] in
            do {
                return try message.evaluated(by: authority.issuer, under: keyID, at: authority.time.now().wall)
            } catch let error as Issuer.IssuanceError {
                throw HTTPProblem(error)
            }
        }
    }

    /// Charges, durably, and says under which key to evaluate.
    private func charged(_ charge: Charge) async throws -> TokenKeyID {
        switch try await gate.charge(charge) {
        case .charged:
            metrics.charged(charge.count)
            return charge.keyID
        case .repeated(let keyID):
            metrics.repeated()
            return keyID
        case .refused(let refusal):
            metrics.refused()
            throw HTTPProblem(refusal)
        }
    }
}
