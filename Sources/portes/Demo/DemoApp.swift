import Foundation
import HTTPTransport
import LibSodium
import PortesClient
import PortesClientHTTP
import PrivacyPass
import VOPRF

/// The demo's app: fetches and redeems tokens over HTTP, and misbehaves where the story asks for it.
struct DemoApp {
    private let issuer: IssuerClient
    private let origin: OriginClient
    private let clearingURL: String
    private let transport: HTTPTransport

    /// An answer to a redemption.
    struct Answer: Equatable {
        let status: Int
        /// What the problem document or the answer calls the outcome.
        let outcome: String
        let receipt: String?
    }

    init(servers: DemoServers) throws {
        try self.init(authorityURL: servers.authorityURL, clearingURL: servers.clearingURL)
    }

    /// An app that has at most `connections` open to the clearing server.
    init(authorityURL: String, clearingURL: String, connections: Int = 8) throws {
        issuer = try IssuerClient(authorityURL, name: ServerName(DemoServers.issuerName))
        origin = try OriginClient(clearingURL, name: ServerName(DemoServers.originName))
        self.clearingURL = clearingURL
        transport = try HTTPTransport(connections: connections)
    }

    func close() async { await transport.shutdown() }

    /// What the clearing server asks for, in tokens of one type.
    func challenge(of tokenType: TokenType = .voprfRistretto255) async throws -> TokenChallenge {
        let challenges = try await origin.challenges().map(\.challenge)
        guard let challenge = challenges.first(where: { $0.tokenType == tokenType }) else {
            throw CommandFailure("no challenge came")
        }
        return challenge
    }

    /// A challenge of another origin, for which this server must not take tokens.
    func foreignChallenge() throws -> TokenChallenge {
        try TokenChallenge(
            tokenType: .voprfRistretto255, issuerName: issuer.name, originNames: [ServerName("elsewhere.example")])
    }

    /// The key that the log lets issue tokens of a capability now.
    func currentKey(for capability: String) async throws -> TokenKey {
        try await issuer.currentKey(for: ClientArgument.capability(capability))
    }

    /// Tokens for a challenge under the issuer's current key.
    func fetch(
        _ count: Int, of capability: String = "session", for challenge: TokenChallenge, voucher: Voucher
    ) async throws -> [Token] {
        let key = try await currentKey(for: capability)
        let pending = try Client.request(challenge: challenge, tokenKey: key, count: count)
        let answer = try await issuer.answer(pending.request, voucher: voucher)
        return try pending.finalize(answer)
    }

    /// Presents a token with a binding.
    func redeem(_ token: Token, binding: [UInt8]) async throws -> Answer {
        let response = try await transport.send(
            HTTPTransportRequest(
                .post, .url(clearingURL + OriginClient.redemptionPath),
                headers: [
                    ("authorization", PrivateTokenCredentials(token: token).fieldValue),
                    ("portes-binding", Base64URL.encode(binding)),
                ],
                body: nil, maximumResponseBytes: 64 * 1024, timeout: .seconds(60)))
        struct Body: Decodable {
            let outcome: String?
            let receipt: String?
            let type: String?
        }
        let body = try JSONDecoder().decode(Body.self, from: Data(response.body))
        let problem = body.type.flatMap { $0.split(separator: ":").last }.map(String.init)
        return Answer(status: response.status, outcome: body.outcome ?? problem ?? "", receipt: body.receipt)
    }

    /// A token whose authenticator nobody made.
    func forged(from token: Token) throws -> Token {
        let input = AuthenticatorInput(
            tokenType: token.input.tokenType, nonce: .random(), challengeDigest: token.input.challengeDigest,
            keyID: token.input.keyID)
        return try Token(input: input, authenticator: Randomness.bytes(token.authenticator.count))
    }
}
