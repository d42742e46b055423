import Attestation
import AuthorityStore
import HTTPTypes
import Hummingbird
import Issuance
import KeySchedule
import NIOCore
import PrivacyPass
import Recovery
import ServerSupport

/// What brings tokens back to somebody who lost a device and has the recovery code.
///
/// `POST /recovery-records` keeps a record for whoever may draw tokens; `GET /recovery-records/{key id}/{lookup}` gives
/// those of a lookup to whoever knows it. `POST /token-request/recovery` answers a token request that was charged
/// before once more, without a charge and without asking who sends it: it says nothing that the first answer did not.
struct RecoveryRoutes: Sendable {
    let authority: Authority
    let issuerName: ServerName
    let isGateOpen: Bool
    let maximumBatch: Int
    let guesses: GuessGuard
    let pool: ComputePool
    let repeats: RepeatGuard

    func add(to router: Router<ServerContext>) {
        router.post("\(RecoveryRecord.path)") { request, context in try await keep(request, context) }
        router.get("\(RecoveryRecord.path)/:key/:lookup") { _, context in
            guard let keyID = context.parameters.get("key").flatMap({ TokenKeyID(hexadecimal: $0) }),
                let lookup = context.parameters.get("lookup").flatMap({ RecoveryRecord.Lookup(text: $0) })
            else { throw HTTPProblem.notFound }
            return try await records(lookup, keyID)
        }
        router.post("\(RecoveryRecord.requestPath)") { request, _ in try await answerAgain(request) }
    }

    private func keep(_ request: Request, _ context: ServerContext) async throws -> Response {
        guard request.mediaType == RecoveryRecord.mediaType else {
            throw HTTPProblem.unsupportedMediaType(accepted: [RecoveryRecord.mediaType])
        }
        let credentials = try RequestCredentials(request, isGateOpen: isGateOpen)
        if credentials.isVoucher { try guesses.check(context) }
        let body = Array(try await request.body(upTo: RecoveryRecord.maximumEncodedCount).readableBytesView)
        guard let record = try? RecoveryRecord(decoding: body) else {
            throw HTTPProblem.unprocessable("this is no recovery record")
        }
        let payer = try await credentials.payer(
            body: body, mediaType: RecoveryRecord.mediaType, issuer: issuerName, pool: pool)
        guard authority.isClockRight else { throw HTTPProblem.clockMoved }
        switch try await authority.database.keep(record, for: payer) {
        case .kept: return Response(status: .noContent, headers: [.cacheControl: "no-store"])
        case .refused(let refusal):
            if refusal == .unknownVoucher { guesses.wrongGuess(context) }
            throw HTTPProblem(refusal)
        case .full: throw HTTPProblem.recordsFull
        }
    }

    private func records(_ lookup: RecoveryRecord.Lookup, _ keyID: TokenKeyID) async throws -> Response {
        let sealed = try await authority.database.recoveryRecords(lookup, under: keyID)
        return Response(
            status: .ok, headers: [.contentType: RecoveryRecord.mediaType, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: RecoveryRecord.encode(sealed))))
    }

    private func answerAgain(_ request: Request) async throws -> Response {
        let forms: [TokenRequestMessage.Form] = [.single, .amortized]
        guard let form = request.mediaType.flatMap({ TokenRequestMessage.Form(mediaType: $0) }), form != .generic else {
            throw HTTPProblem.unsupportedMediaType(accepted: forms.map(\.requestType))
        }
        let body = Array(try await request.body(upTo: form.largestBody(maximumBatch: maximumBatch)).readableBytesView)
        // Before anything is computed: what was never charged costs a look.
        let hash = RequestHash(body: body, mediaType: form.requestType)
        guard let keyID = try await authority.database.keyOfCharged(hash) else { throw HTTPProblem.requestUnknown }
        let answer = try await repeats.evaluating([hash]) {
            try await evaluate(body, form, under: keyID)
        }
        return Response(
            status: .ok, headers: [.contentType: form.responseType, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer)))
    }

    private func evaluate(
        _ body: [UInt8], _ form: TokenRequestMessage.Form, under keyID: TokenKeyID
    ) async throws -> [UInt8] {
        try await pool.run { [authority, maximumBatch] in
            do {
                let (issuer, now) = (authority.issuer, authority.time.now().wall)
                switch try TokenRequestMessage(body, form: form, maximumBatch: maximumBatch) {
                case .single(let request): return try issuer.evaluate(request, under: keyID, at: now).encoded
                case .amortized(let request): return try issuer.evaluate(request, under: keyID, at: now).encoded
                case .generic: throw HTTPProblem.requestUnknown
                }
            } catch let error as Issuer.IssuanceError {
                throw HTTPProblem(error)
            } catch let error as MessageError {
                throw HTTPProblem.malformedRequest(error)
            }
        }
    }
}

extension HTTPProblem {
    /// 404: no such request was charged, or it is over.
    fileprivate static let requestUnknown = HTTPProblem(
        .notFound, name: "request-unknown", title: "No such request was charged")

    /// 403: as much is kept as may be.
    fileprivate static let recordsFull = HTTPProblem(
        .forbidden, name: "recovery-records-full", title: "No more records are kept under this key")
}
