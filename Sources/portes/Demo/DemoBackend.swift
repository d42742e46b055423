import Foundation
import HTTPTransport
import KeySchedule
import KeyTransparency
import LibSodium
import PortesClient
import PortesClientHTTP
import PortesVerifier
import PrivacyPass
import Revocation

/// A backend under nobody's trust, with an origin of its own: it reads what everybody can read, the key log and the
/// signed revocation list, and holds no secret.
struct DemoBackend {
    static let originName = "shop.demo.example"

    /// What it verified and spent.
    let verifier: PublicVerifier
    /// What it asks for, and accepts.
    let policy: ChallengePolicy
    private let ledger: MemorySpendLedger

    /// Reads the key log of the authority, and its revocation list, which must be signed with `revocationKey`.
    init(servers: DemoServers, revocationKey: Ed25519.PublicKey) async throws {
        let transport = try HTTPTransport()
        do {
            verifier = try await Self.verifier(servers, revocationKey, transport)
        } catch {
            await transport.shutdown()
            throw error
        }
        await transport.shutdown()
        policy = try ChallengePolicy(
            issuer: ServerName(DemoServers.issuerName), origin: ServerName(Self.originName))
        ledger = MemorySpendLedger(state: VerifierState(verifier), audience: Self.originName)
    }

    /// What it asks clients for.
    func challenge() -> TokenChallenge { policy.challenge(of: .blindRSA2048, at: SystemTimeSource().now()) }

    /// Verifies a token and spends it.
    func redeem(_ token: Token) async throws -> String {
        let now = SystemTimeSource().now()
        let verified: VerifiedToken
        do {
            verified = try verifier.verify(token, for: policy.acceptedChallenges(at: now), at: now)
        } catch {
            return error.rawValue
        }
        switch try await ledger.spend([Spend(verified)]).first {
        case .spent: return "spent"
        case .alreadySpent: return "already-spent"
        case .replayed, .refused, nil: return "refused"
        }
    }

    private static func verifier(
        _ servers: DemoServers, _ revocationKey: Ed25519.PublicKey, _ transport: HTTPTransport
    ) async throws -> PublicVerifier {
        let clock = SystemTimeSource()
        let log = KeyLogReader(
            try KeyLogSource(url: servers.authorityURL, transport: HTTPTokenTransport()), policy: .development,
            isOnThisMachine: true)
        let records = try await log.history(at: clock.now().wall).keys.values.map(\.record)
        let signed = try await transport.get(servers.authorityURL + "/revocations/head", maximumResponseBytes: 65_536)
        let head = try RevocationHead(
            verifying: String(decoding: signed.body, as: UTF8.self), key: revocationKey)
        let fetched = clock.now()
        var gathering = try RevocationGathering(after: 0, upTo: head)
        while !gathering.isComplete {
            let delta = try await transport.get(
                servers.authorityURL + "/revocations?after=\(gathering.size)",
                maximumResponseBytes: RevocationDelta.maximumEncodedCount)
            try gathering.take(RevocationDelta(decoding: delta.body))
        }
        return PublicVerifier(
            keys: records.compactMap { try? PublicVerificationKey(record: $0) },
            revocations: try RevocationList().applying(gathering.entries, upTo: head),
            freshness: RevocationFreshness(headTime: head.time, fetchedAt: fetched) ?? .never)
    }
}
