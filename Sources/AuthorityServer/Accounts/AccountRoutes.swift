import Accounts
import Attestation
import AuthorityStore
import HTTPTypes
import Hummingbird
import KeySchedule
import NIOCore
import PrivacyPass
import ServerSupport
import Statements

/// `/accounts`: opened for a voucher, a statement or a proof of work; closed so that nothing is left.
struct AccountRoutes: Sendable {
    /// The routes that web pages may call.
    static let paths: Set<String> = [AccountTerms.path, AccountFee.path, StatementPresentation.path]

    let authority: Authority
    let issuerName: ServerName
    let configuration: AccountConfiguration
    let statements: StatementVerifier
    let challenges: ChallengeKeeper
    let changes: RateLimiter
    let guesses: GuessGuard
    let pool: ComputePool

    func add(to router: Router<ServerContext>) {
        router.get("\(AccountTerms.path)") { _, _ in terms() }
        router.post("\(AccountFee.path)") { request, context in try await open(request, context) }
        router.delete("\(AccountFee.path)") { request, _ in try await close(request) }
        router.post("\(StatementPresentation.path)") { request, _ in try await present(request) }
    }

    private func terms() -> Response {
        let terms = AccountTerms(
            challenge: challenges.challenge(at: authority.time.now().wall),
            fees: configuration.fees.map(\.rawValue).sorted())
        return Self.json(terms.encoded, status: .ok)
    }

    private func open(_ request: Request, _ context: ServerContext) async throws -> Response {
        let request = try await AccountRequest(request)
        guard let fee = AccountFee(decoding: request.body) else { throw HTTPProblem.unprocessable("no single fee") }
        guard configuration.fees.contains(fee.kind) else { throw HTTPProblem.openingRefused }
        let account = request.credentials.account
        // Two hashes, before anything that takes longer.
        if case .proofOfWork(let challenge, let number) = fee {
            try check(challenge)
            guard ProofOfWork.isSolved(challenge, by: number, for: account) else { throw HTTPProblem.proofInvalid }
        }
        if fee.kind == .voucher { try guesses.check(context) }
        try await request.check(.opening, issuer: issuerName, pool: pool)
        let outcome: AccountOpening
        switch fee {
        case .proofOfWork(let challenge, _):
            outcome = try await answering(challenge) {
                try await authority.database.openAccount(account, for: .proofOfWork)
            }
        case .voucher(let text):
            guard let code = VoucherCode(text) else { throw HTTPProblem.voucherMissing }
            outcome = try await authority.database.openAccount(
                account, for: .voucher(code.hash, tokens: configuration.voucherTokens))
            if outcome == .unknownVoucher { guesses.wrongGuess(context) }
        case .statement(let presented):
            let credit = try await verify(presented, for: request.credentials)
            try takeChange()
            outcome = try await authority.database.openAccount(account, for: .statement(credit))
        }
        switch outcome {
        case .opened: return Response(status: .created, headers: [.cacheControl: "no-store"])
        case .exists: return Response(status: .noContent, headers: [.cacheControl: "no-store"])
        case .unknownVoucher: throw HTTPProblem.voucherUnknown
        case .wrongCapability: throw HTTPProblem.voucherUnfit
        case .voucherExhausted: throw HTTPProblem.voucherExhausted
        case .statementRefused(let outcome): throw HTTPProblem(outcome) ?? HTTPProblem.internalError
        }
    }

    private func present(_ request: Request) async throws -> Response {
        let request = try await AccountRequest(request)
        guard let presented = StatementPresentation(decoding: request.body) else {
            throw HTTPProblem.unprocessable("no token with a salt")
        }
        try await request.check(.statement, issuer: issuerName, pool: pool)
        let credit = try await verify(presented, for: request.credentials)
        let outcome = try await authority.database.redeem(credit, to: request.credentials.account)
        if let problem = HTTPProblem(outcome) { throw problem }
        return Self.json(StatementReply(credit).encoded, status: .ok)
    }

    private func close(_ request: Request) async throws -> Response {
        let credentials = try AccountRequest.credentials(of: request)
        guard let challenge = credentials.challenge else { throw HTTPProblem.challengeInvalid }
        try check(challenge)
        let name = issuerName
        guard try await pool.run({ credentials.isValidClosing(at: name) }) else {
            throw HTTPProblem.accountSignatureInvalid
        }
        try await answering(challenge) { try await authority.database.closeAccount(credentials.account) }
        return Response(status: .noContent, headers: [.cacheControl: "no-store"])
    }

    private func verify(
        _ presented: StatementPresentation, for credentials: AccountCredentials
    ) async throws -> StatementCredit {
        guard authority.isClockRight else { throw HTTPProblem.clockMoved }
        do throws(StatementError) {
            return try await statements.verify(presented, for: credentials.account, at: authority.time.now())
        } catch {
            throw HTTPProblem(error)
        }
    }

    private func check(_ challenge: AccountChallenge) throws(HTTPProblem) {
        do throws(ChallengeKeeper.Refusal) {
            try challenges.check(challenge, at: authority.time.now().wall)
        } catch {
            throw HTTPProblem(error)
        }
    }

    private func takeChange() throws(HTTPProblem) {
        if let pause = changes.take(at: authority.time.now().monotonic) { throw .tooManyRequests(retryAfter: pause) }
    }

    /// Does what a challenge was answered for, once; where that fails, the answer is still good.
    private func answering<T: Sendable>(_ challenge: AccountChallenge, _ body: () async throws -> T) async throws -> T {
        try takeChange()
        do throws(ChallengeKeeper.Refusal) {
            try challenges.use(challenge, at: authority.time.now().wall)
        } catch {
            throw HTTPProblem(error)
        }
        do {
            return try await body()
        } catch {
            challenges.release(challenge)
            throw error
        }
    }

    private static func json(_ bytes: [UInt8], status: HTTPResponse.Status) -> Response {
        Response(
            status: status, headers: [.contentType: AccountRequest.mediaType, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

extension StatementReply {
    fileprivate init(_ credit: StatementCredit) { self.init(capability: credit.capability, tokens: credit.tokens) }
}
