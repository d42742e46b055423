import Accounts
import HTTPTypes
import Hummingbird
import NIOCore
import PrivacyPass
import ServerSupport

/// A request that an account signed, as far as its form goes.
struct AccountRequest: Sendable {
    static let mediaType = "application/json"

    let credentials: AccountCredentials
    let body: [UInt8]

    /// Reads a request with a body.
    init(_ request: Request) async throws {
        guard request.mediaType == Self.mediaType else {
            throw HTTPProblem.unsupportedMediaType(accepted: [Self.mediaType])
        }
        credentials = try Self.credentials(of: request)
        body = Array(try await request.body(upTo: StatementPresentation.maximumCount).readableBytesView)
    }

    /// The credentials of a request, by their form alone.
    static func credentials(of request: Request) throws(HTTPProblem) -> AccountCredentials {
        let values = request.headers[values: .authorization]
        guard values.count == 1, let credentials = AccountCredentials(fieldValue: values[0]) else {
            throw .accountRequired
        }
        return credentials
    }

    /// Throws unless the account signed it; off the event loops.
    func check(_ act: AccountAct, issuer: ServerName, pool: ComputePool) async throws {
        let isValid = try await pool.run { [credentials, body] in
            let digest = RequestDigest.digest(body: body, mediaType: Self.mediaType)
            return credentials.isValid(for: act, digest: digest, issuer: issuer)
        }
        guard isValid else { throw HTTPProblem.accountSignatureInvalid }
    }
}
