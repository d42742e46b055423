import Accounts
import Attestation
import HTTPTypes
import Hummingbird
import Issuance
import KeySchedule
import Metrics
import NIOCore
import PrivacyPass
import ServerSupport

/// `POST /token-request` (RFC 9578, sections 5 and 6; batched tokens draft, sections 5 and 6).
struct TokenRequestRoute: Sendable {
    let authority: Authority
    let issuerName: ServerName
    let gate: any IssuanceGate
    /// Keeps whoever guesses at vouchers from going on.
    let guesses: GuessGuard
    /// Whether everybody gets tokens for nothing.
    let isGateOpen: Bool
    let maximumBatch: Int
    /// How many tokens one request may ask for of a capability, where that is fewer.
    let batchSizes: [Capability: Int]
    let pool: ComputePool
    let repeats: RepeatGuard
    let metrics: IssuanceMetrics

    func add(to router: Router<ServerContext>) {
        router.post("\(DirectoryPublisher.requestPath)") { request, context in
            try await respond(to: request, context)
        }
    }

    private func respond(to request: Request, _ context: ServerContext) async throws -> Response {
        guard let form = request.mediaType.flatMap({ TokenRequestMessage.Form(mediaType: $0) }) else {
            throw HTTPProblem.unsupportedMediaType(accepted: TokenRequestMessage.Form.allCases.map(\.requestType))
        }
        let credentials = try RequestCredentials(request, isGateOpen: isGateOpen)
        if credentials.isVoucher { try guesses.check(context) }
        let body = try await request.body(upTo: form.largestBody(maximumBatch: maximumBatch))
        let answer: Answer
        do {
            answer = try await self.answer(Array(body.readableBytesView), form: form, credentials)
        } catch let problem as HTTPProblem {
            if problem.name == HTTPProblem.voucherUnknown.name { guesses.wrongGuess(context) }
            throw problem
        }
        return Response(
            status: answer.isWhole ? .ok : .partialContent,
            headers: [.contentType: form.responseType, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.bytes)))
    }

    private func answer(
        _ body: [UInt8], form: TokenRequestMessage.Form, _ credentials: RequestCredentials
    ) async throws -> Answer {
        let maximumBatch = maximumBatch
        let (message, parts) = try await pool.run {
            do {
                let message = try TokenRequestMessage(body, form: form, maximumBatch: maximumBatch)
                return (message, message.parts)
            } catch let error as MessageError {
                throw HTTPProblem.malformedRequest(error)
            }
        }
        let payer = try await credentials.payer(
            body: body, mediaType: form.requestType, issuer: issuerName, pool: pool)
        guard authority.isClockRight else { throw HTTPProblem.clockMoved }
        // A place on the threads before anything is paid: what is charged is answered.
        return try await pool.admitted(places: message.places) { pool in
            let charged = try await charge(parts, body, form: form, payer: payer, on: pool)
            return try await repeats.evaluating(charged.compactMap(\.repeated)) {
                try await evaluate(message, charged, on: pool)
            }
        }
    }

    /// Charges for the parts of a request; of a generic batch for those that can be.
    private func charge(
        _ parts: [TokenRequestMessage.Part], _ body: [UInt8], form: TokenRequestMessage.Form, payer: Charge.Payer,
        on pool: ComputePool.Admitted
    ) async throws -> [ChargedPart] {
        var charged: [ChargedPart] = []
        var refusal: HTTPProblem?
        for (number, part) in parts.enumerated() {
            let hash = RequestHash(body: body, mediaType: form.requestType, part: form == .generic ? number : nil)
            do {
                charged.append(try await charge(part, hash, payer: payer, on: pool))
            } catch let problem as HTTPProblem {
                guard form == .generic else { throw problem }
                refusal = refusal ?? problem
            }
        }
        if charged.isEmpty, let refusal { throw refusal.ofWholeBatch }
        return charged
    }

    /// Charges for a part of a request, durably, and says under which key to evaluate it.
    private func charge(
        _ part: TokenRequestMessage.Part, _ hash: RequestHash, payer: Charge.Payer, on pool: ComputePool.Admitted
    ) async throws -> ChargedPart {
        let (now, issuer) = (authority.time.now().wall, authority.issuer)
        let (truncatedID, tokenType) = (part.truncatedKeyID, part.tokenType)
        guard let key = issuer.key(truncatedID: truncatedID, tokenType: tokenType, at: now) else {
            throw issuer.isOfRevokedCapability(truncatedID: truncatedID, tokenType: tokenType, at: now)
                ? HTTPProblem.capabilityRevoked : .keyUnknown
        }
        guard part.count <= batchSizes[key.capability] ?? maximumBatch else { throw HTTPProblem.batchTooLarge }
        // To decode a hundred elements of P-384 takes milliseconds.
        let part = try await pool.run { part.without { !issuer.canEvaluate($0, under: key.id) } }
        guard part.count > 0 else { throw HTTPProblem.malformedRequest(.invalidEncoding) }
        let charge = Charge(payer: payer, request: hash, count: part.count, keyID: key.id)
        switch try await gate.charge(charge) {
        case .charged:
            metrics.charged(charge.count)
            return ChargedPart(part: part, keyID: charge.keyID)
        case .repeated(let keyID):
            metrics.repeated()
            return ChargedPart(part: part, keyID: keyID, repeated: hash)
        case .refused(let refusal):
            metrics.refused()
            guard refusal != .quotaExceeded else {
                throw HTTPProblem.quotaExceeded(retryAfter: max(key.issueUntil.seconds(since: now), 1))
            }
            throw HTTPProblem(refusal)
        }
    }

    private func evaluate(
        _ message: TokenRequestMessage, _ charged: [ChargedPart], on pool: ComputePool.Admitted
    ) async throws -> Answer {
        guard let keyID = charged.first?.keyID else { throw HTTPProblem.internalError }
        switch message {
        case .amortized(let request):
            return Answer(bytes: try await run(on: pool) { try $0.evaluate(request, under: keyID, at: $1).encoded })
        case .single(let request):
            return Answer(bytes: try await run(on: pool) { try $0.evaluate(request, under: keyID, at: $1).encoded })
        case .generic(let batch):
            let items = charged.flatMap { part in part.part.items.map { ($0.place, $0.request, part.keyID) } }
            let evaluated = try await pool.each(items) { [authority] place, request, keyID in
                let now = authority.time.now().wall
                return (place, try? authority.issuer.evaluate(request, under: keyID, at: now))
            }
            var responses = [TokenResponse?](repeating: nil, count: batch.requests.count)
            for (place, response) in evaluated { responses[place] = response }
            guard responses.contains(where: { $0 != nil }) else { throw HTTPProblem.keyUnknown.ofWholeBatch }
            return try Answer(
                bytes: GenericBatchTokenResponse(responses).encoded, isWhole: !responses.contains { $0 == nil })
        }
    }

    /// What the issuer answers, computed where it may take its time.
    private func run<T: Sendable>(
        on pool: ComputePool.Admitted, _ body: @escaping @Sendable (Issuer, UnixTime) throws -> T
    ) async throws -> T {
        try await pool.run { [authority] in
            do {
                return try body(authority.issuer, authority.time.now().wall)
            } catch let error as Issuer.IssuanceError {
                throw HTTPProblem(error)
            }
        }
    }

    /// A part of a request that was paid for.
    private struct ChargedPart: Sendable {
        let part: TokenRequestMessage.Part
        let keyID: TokenKeyID
        /// The request's digest, where it was paid for before.
        var repeated: RequestHash?
    }

    private struct Answer: Sendable {
        let bytes: [UInt8]
        var isWhole = true
    }
}
