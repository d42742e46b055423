import AuthorityStore
import HTTPTypes
import Hummingbird
import Issuance
import KeySchedule
import NIOCore
import PrivacyPass
import Revocation
import ServerSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `POST /revocations/tokens`: whoever holds a valid token revokes it.
///
/// The token comes as it is spent, in `Authorization: PrivateToken` (RFC 9577, section 2.2), and is the only proof:
/// no voucher or account belongs to the request, and only the token's nullifier is kept and published. A body is not
/// read.
struct TokenRevocationRoute: Sendable {
    static let path = "/revocations/tokens"

    let authority: Authority
    let pool: ComputePool

    func add(to router: Router<ServerContext>) {
        router.post("\(Self.path)") { request, _ in
            let entry = try await revoke(Self.token(in: request))
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return try Response(
                status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: encoder.encode(RevocationSummary(entry)))))
        }
    }

    /// Verifies before anything is written. A token that is revoked already gets its entry again.
    private func revoke(_ token: Token) async throws -> RevocationEntry {
        let authority = authority
        try await pool.run {
            do {
                try authority.issuer.verify(token, at: authority.time.now().wall)
            } catch let refusal as Issuer.TokenRefusal {
                throw HTTPProblem(refusal)
            }
        }
        let entry = try await authority.database.revokeToken(
            Nullifier(of: token.input), keyID: token.input.keyID, reason: .surrendered)
        authority.growth.send()
        return entry
    }

    private static func token(in request: Request) throws(HTTPProblem) -> Token {
        let values = request.headers[values: .authorization]
        guard let value = values.first else { throw .tokenRequired }
        guard values.count == 1 else { throw .malformedToken }
        do {
            return try PrivateTokenCredentials(fieldValue: value).token
        } catch {
            switch error {
            case .otherScheme: throw .tokenRequired
            case .notAToken(.unsupportedTokenType): throw HTTPProblem(.wrongTokenType)
            case .malformed, .notAToken: throw .malformedToken
            }
        }
    }
}

extension HTTPProblem {
    /// 401: no token was sent. There is no challenge to answer: any token of this issuer will do.
    fileprivate static let tokenRequired = HTTPProblem(
        .unauthorized, name: "token-required", title: "A token is required",
        detail: "send it as Authorization: PrivateToken", headers: [.wwwAuthenticate: "PrivateToken"])

    /// 422: not a token.
    fileprivate static let malformedToken = HTTPProblem(
        .unprocessableContent, name: "malformed", title: "The token cannot be read")

    /// 422 under the name that origins use.
    fileprivate init(_ refusal: Issuer.TokenRefusal) {
        let title =
            switch refusal {
            case .wrongTokenType: "The token is of another type"
            case .unknownKey: "The token's key is not known here"
            case .keyNotYetAccepted: "The token's key does not issue yet"
            case .keyNoLongerAccepted: "The token's key is no longer accepted"
            case .keyRevoked: "The token's key is revoked"
            case .capabilityRevoked: "The token's capability is revoked"
            case .badAuthenticator: "The token was not made by its key"
            }
        self.init(.unprocessableContent, name: refusal.rawValue, title: title)
    }
}
