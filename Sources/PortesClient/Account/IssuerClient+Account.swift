internal import Accounts
public import PrivacyPass

/// What is given for an account.
public enum AccountPayment: Sendable {
    /// Computing time of this device: about a second, at what authorities ask for where nothing else is said.
    case proofOfWork
    /// Part of what a voucher is worth.
    case voucher(Voucher)
    /// A statement; what it gives is the account's from the beginning.
    case statement(Statement)
}

/// What a statement gave to an account.
public struct StatementGrant: Sendable, Hashable {
    /// Of which capability tokens may be fetched for it.
    public let capability: Capability
    /// How many.
    public let tokens: Int64
}

/// Accounts: a key, what it may draw in each epoch, and nothing about a person.
extension IssuerClient {
    private static let maximumAnswerCount = 64 * 1024
    private static let mediaType = "application/json"

    /// Opens an account; `false` if it was open already, and nothing was charged.
    ///
    /// A proof of work is computed off the app's tasks, and ends early where this task is cancelled. Throws
    /// ``IssuanceError`` or `CancellationError`. Asking again after a lost answer pays nothing twice, as long as the
    /// account stays open.
    @discardableResult
    public func openAccount(_ account: AccountKey, for payment: AccountPayment = .proofOfWork) async throws -> Bool {
        do {
            return try await open(account, for: payment)
        } catch IssuanceError.refused(.challengeInvalid) {
            // It took longer than the challenge was good, or the issuer was started again meanwhile.
            return try await open(account, for: payment)
        }
    }

    private func open(_ account: AccountKey, for payment: AccountPayment) async throws -> Bool {
        let fee = try await fee(payment, account)
        let response = try await post(fee.encoded, to: AccountFee.path, act: .opening, account)
        switch response.status {
        case 201: return true
        case 204: return false
        default: throw IssuanceError(response, at: currentTime)
        }
    }

    private func fee(_ payment: AccountPayment, _ account: AccountKey) async throws -> AccountFee {
        switch payment {
        case .voucher(let voucher):
            guard let text = voucher.text else { throw IssuanceError.refused(.voucherRequired) }
            return .voucher(text)
        case .statement(let statement): return .statement(StatementPresentation(statement))
        case .proofOfWork:
            let terms = try await accountTerms()
            guard terms.fees.contains(AccountFee.Kind.proofOfWork.rawValue) else {
                throw IssuanceError.refused(.openingRefused)
            }
            guard let challenge = terms.challenge else { throw IssuanceError.badAnswer }
            guard let number = try await ProofSolver.solve(challenge, for: account.publicKey) else {
                throw IssuanceError.refused(.proofTooHard)
            }
            return .proofOfWork(challenge: challenge, number: number)
        }
    }

    /// Gives an account what another party states, once. Throws ``IssuanceError``;
    /// ``IssuanceError/Refusal/statementUsed`` too where an earlier answer was lost: then the account has it.
    public func present(_ statement: Statement, for account: AccountKey) async throws(IssuanceError) -> StatementGrant {
        let body = StatementPresentation(statement).encoded
        let response = try await post(body, to: StatementPresentation.path, act: .statement, account)
        guard response.status == 200 else { throw IssuanceError(response, at: currentTime) }
        guard let reply = StatementReply(decoding: response.body), let capability = reply.capability else {
            throw .badAnswer
        }
        return StatementGrant(capability: capability, tokens: reply.tokens)
    }

    /// Ends an account: afterwards nothing of it is left at the issuer. Tokens that were fetched stay good, as nobody
    /// knows which they are. An account that is not open makes no difference.
    public func closeAccount(_ account: AccountKey) async throws(IssuanceError) {
        guard let challenge = try await accountTerms().challenge else { throw .badAnswer }
        let response = try await send(
            TransportRequest(
                .delete, url: url.appending(path: AccountFee.path), headers: [account.closing(challenge, issuer: name)],
                maximumResponseCount: Self.maximumAnswerCount))
        guard response.status == 204 else { throw IssuanceError(response, at: currentTime) }
    }

    private func accountTerms() async throws(IssuanceError) -> AccountTerms {
        let response = try await send(
            TransportRequest(
                .get, url: url.appending(path: AccountTerms.path), headers: [HeaderField("accept", Self.mediaType)],
                maximumResponseCount: Self.maximumAnswerCount))
        // An issuer that gives nothing to accounts has no such place.
        guard response.status != 404 else { throw .refused(.noAccounts) }
        guard response.status == 200 else { throw IssuanceError(response, at: currentTime) }
        guard let terms = AccountTerms(decoding: response.body) else { throw .badAnswer }
        return terms
    }

    private func post(
        _ body: [UInt8], to path: String, act: AccountAct, _ account: AccountKey
    ) async throws(IssuanceError) -> TransportResponse {
        let credentials = account.credentials(act, body: body, mediaType: Self.mediaType, issuer: name)
        return try await send(
            TransportRequest(
                .post, url: url.appending(path: path),
                headers: [HeaderField("content-type", Self.mediaType), credentials], body: body,
                maximumResponseCount: Self.maximumAnswerCount))
    }
}

extension StatementPresentation {
    fileprivate init(_ statement: Statement) { self.init(token: statement.token, salt: statement.salt) }
}
