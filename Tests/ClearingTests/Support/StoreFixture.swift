import ClearingStore
import KeySchedule
import PortesVerifier
import PrivacyPass
import Revocation
import SQLiteSupport
import TestSupport

/// A clearing database with an authority beside it; can be closed and opened again.
final class StoreFixture {
    let temporary: TemporaryDirectory
    let time = ManualTime()
    let authority = TestAuthority()
    let identity: ClearingIdentity
    let challenge: TokenChallenge
    /// Only nil between ``close()`` and ``reopen(pins:)``.
    private(set) var database: ClearingDatabase!

    init() throws {
        temporary = try TemporaryDirectory()
        challenge = try TokenChallenge(
            tokenType: .voprfRistretto255, issuerName: ServerName("issuer.example"),
            originNames: [ServerName("origin.example")])
        let directory = try DataDirectory(path: temporary.path, side: .clearing)
        identity = try ClearingIdentity(in: directory)
        database = try ClearingDatabase(
            in: directory, identity: identity, pins: Self.pins(authority.key), time: time)
    }

    static func pins(
        _ authority: AuthorityKey, origin: String = "origin.example", scope: TokenScope = .ownOrigin
    ) throws -> ClearingPins {
        ClearingPins(origin: try ServerName(origin), scope: scope, authority: authority)
    }

    /// Closes the database.
    func close() throws {
        try database.close()
        database = nil
    }

    /// Opens the database as a new process would, perhaps with other pins.
    func reopen(pins: ClearingPins? = nil) throws {
        let directory = try DataDirectory(path: temporary.path, side: .clearing)
        database = try ClearingDatabase(
            in: directory, identity: ClearingIdentity(in: directory), pins: pins ?? Self.pins(authority.key),
            time: time)
    }

    /// The key of sessions.
    func sessionKey() throws -> SessionKey { try SessionKeyFile.key(atPath: temporary.path, of: database) }

    /// A key of the authority, delivered.
    func deliveredMint(acceptedFor: Int64 = 7_200) async throws -> TestMint {
        let mint = try TestMint(now: time.now().wall, acceptedFor: acceptedFor)
        authority.deliver(mint, to: identity)
        try await database.take(delivery: authority.delivery(to: identity.id))
        return mint
    }

    /// Fetches the rest of the revocation list.
    @discardableResult
    func fetchRevocations() async throws -> ClearingDatabase.HeadOutcome {
        let page = try authority.page(after: database.revocationSize, at: time.now().wall)
        return try await database.take(revocations: page.entries, signedHead: page.signedHead, fetchedAt: time.now())
    }

    func verified(_ token: Token) throws -> VerifiedToken {
        try database.state.verifier.verify(token, for: challenge, at: time.now(), answeringReplays: true)
    }

    /// Verifies and spends one token.
    func spend(_ token: Token, binding: SpendBinding? = nil) async throws -> SpendOutcome? {
        try await database.ledger.spend([Spend(verified(token), binding: binding)]).first
    }
}
