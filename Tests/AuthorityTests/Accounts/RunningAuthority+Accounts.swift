import Accounts
import Attestation
import AuthorityServer
import AuthorityStore
import Foundation
import HTTPTransport
import KeySchedule
import LibSodium
import PortesClient
import PortesClientHTTP
import PrivacyPass
import TestSupport
import Testing

extension RunningAuthority {
    /// What the capability `session` is given for.
    func limit(_ gates: Set<GateKind>, quota: Int64? = nil) {
        authority.database.setLimits([.session: IssuanceLimits(gates: gates, quota: quota)])
    }

    /// A client of this authority, by the authority's clock.
    func client() throws -> IssuerClient {
        try IssuerClient(
            url: ServerURL(url), name: ServerName("issuer.example"), transport: HTTPTokenTransport(),
            now: { [time] in time.now().wall.seconds })
    }

    func challenge() async throws -> AccountChallenge {
        try #require(try await AccountTerms(decoding: get(AccountTerms.path).body)?.challenge)
    }

    /// The status, and the problem's name if it is one.
    func open(_ fee: AccountFee, _ key: borrowing Ed25519.PrivateKey, _ issuer: ServerName) async throws -> String {
        let body = fee.encoded
        let digest = RequestDigest.digest(body: body, mediaType: "application/json")
        let credentials = AccountCredentials(.opening, digest: digest, issuer: issuer, key: key)
        return try await post(body, to: AccountFee.path, type: "application/json", credentials.fieldValue)
    }

    func fetch(_ body: [UInt8], _ authorization: String) async throws -> String {
        try await post(body, to: "/token-request", type: batchType, authorization)
    }

    func close(_ authorization: String?) async throws -> String {
        let headers = authorization.map { [(name: "Authorization", value: $0)] } ?? []
        let answer = try await http.send(HTTPTransportRequest(.delete, .url(url + AccountFee.path), headers: headers))
        return (200..<300).contains(answer.status) ? "\(answer.status)" : problem(answer)
    }

    func post(_ body: [UInt8], to path: String, type: String, _ authorization: String) async throws -> String {
        let answer = try await http.post(
            url + path, headers: [(name: "Authorization", value: authorization)], contentType: type, body: body)
        return (200..<300).contains(answer.status) ? "\(answer.status)" : problem(answer)
    }
}

extension Wallet {
    /// A wallet that is gone with the test's directory.
    static func inMemory() throws -> Wallet { try Wallet(path: TemporaryDirectory.newPath() + ".wallet") }

    /// Fetches tokens of the capability `session`.
    @discardableResult
    func fetch(_ count: Int, from issuer: IssuerClient, account: AccountKey) async throws -> FetchResult {
        let challenge = try TokenChallenge(
            tokenType: .voprfRistretto255, issuerName: issuer.name, originNames: [ServerName("play.example")])
        return try await fetch(count, of: .session, for: challenge, from: issuer, account: account)
    }
}
