import Accounts
import Attestation
import HTTPTypes
import Hummingbird
import PrivacyPass
import ServerSupport

/// What a request brings to pay with.
enum RequestCredentials: Sendable {
    case voucher(VoucherHash)
    case account(AccountCredentials)
    case notNeeded

    /// What a request brings, by its form alone.
    init(_ request: Request, isGateOpen: Bool) throws(HTTPProblem) {
        if isGateOpen {
            self = .notNeeded
            return
        }
        let value = request.headers[.authorization] ?? ""
        if AccountCredentials.isScheme(of: value) {
            self = .account(try AccountRequest.credentials(of: request))
            return
        }
        let parts = value.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer", let code = VoucherCode(parts[1]) else {
            throw .voucherMissing
        }
        self = .voucher(code.hash)
    }

    /// Whether a voucher is shown, which could be a guess.
    var isVoucher: Bool { if case .voucher = self { true } else { false } }

    /// Who pays. An account has to have signed the whole of the request.
    func payer(
        body: [UInt8], mediaType: String, issuer: ServerName, pool: ComputePool
    ) async throws -> Charge.Payer {
        switch self {
        case .notNeeded: return .nobody
        case .voucher(let hash): return .voucher(hash)
        case .account(let credentials):
            let isValid = try await pool.run {
                let digest = RequestDigest.digest(body: body, mediaType: mediaType)
                return credentials.isValid(for: .request, digest: digest, issuer: issuer)
            }
            guard isValid else { throw HTTPProblem.accountSignatureInvalid }
            return .account(credentials.account)
        }
    }
}
