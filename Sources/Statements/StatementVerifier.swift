package import Accounts
package import Attestation
internal import JOSE
package import KeySchedule
package import LibSodium
package import PrivacyPass

/// Checks statements of other parties: who signed, and whether that party may say this of this account.
///
/// Keys are read again every five minutes, and where a statement names one that is not known, so that parties can
/// change theirs; if they cannot be read, those read last count for a day.
package final class StatementVerifier: Sendable {
    /// Reads a party's JSON Web Key Set.
    package typealias KeySource = @Sendable () async throws -> [UInt8]

    private let parties: [String: Party]
    private let authority: ServerName
    private let digest: @Sendable (_ issuer: String, _ id: String) -> Bytes32

    /// A verifier of statements to `authority`. `digest` gives what a statement is known by when it comes again: a
    /// keyed digest, as what parties number their statements with may say who somebody is.
    package init(
        _ issuers: [(issuer: StatementIssuer, keys: KeySource)], authority: ServerName,
        digest: @escaping @Sendable (_ issuer: String, _ id: String) -> Bytes32
    ) {
        parties = Dictionary(
            issuers.map { ($0.issuer.name, Party($0.issuer, source: $0.keys)) }, uniquingKeysWith: { first, _ in first })
        self.authority = authority
        self.digest = digest
    }

    /// What a statement is worth to an account, if it holds.
    package func verify(
        _ presented: StatementPresentation, for account: Ed25519.PublicKey, at now: Moment
    ) async throws(StatementError) -> StatementCredit {
        let statement = try StatementText(presented.token)
        guard case .string(let name)? = statement.claims["iss"] else { throw .invalidClaim }
        guard let party = parties[name] else { throw .unknownIssuer }
        guard let algorithm = StatementAlgorithm(rawValue: statement.algorithm),
            party.issuer.algorithms.contains(algorithm)
        else { throw .algorithmRefused }
        let key = try await party.keys.key(id: statement.keyID, algorithm: algorithm, at: now.monotonic)
        guard await key.isValidSignature(in: statement.text) else { throw .invalidSignature }
        let claims = try StatementClaims(statement.claims)
        guard let salt = presented.salt, let binding = StatementBinding(account: account, salt: salt) else {
            throw .wrongAccount
        }
        try claims.check(party.issuer, authority: authority, binding: binding, at: now.wall)
        return StatementCredit(
            id: digest(name, claims.id), capability: claims.capability, tokens: claims.tokens, expires: claims.expires,
            notBefore: claims.notBefore)
    }

    private struct Party: Sendable {
        let issuer: StatementIssuer
        let keys: StatementKeyCache

        init(_ issuer: StatementIssuer, source: @escaping KeySource) {
            self.issuer = issuer
            keys = StatementKeyCache(source)
        }
    }
}
