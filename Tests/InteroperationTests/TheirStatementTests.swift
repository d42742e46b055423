import Accounts
import Attestation
import Foundation
import KeySchedule
import LibSodium
import PrivacyPass
import Statements
import Testing

/// Statements that the Python package PyJWT signs.
@Suite(.enabled(if: PythonPeer.isExpected, "no .venv: run Scripts/setup --tests"))
struct TheirStatementTests {
    private static let now = Moment(wall: UnixTime(seconds: 1_800_000_000), monotonic: .zero)

    private let peer: PythonPeer
    private let account = Ed25519.PrivateKey().publicKey
    private let salt = Randomness.bytes(16)

    init() throws { peer = try PythonPeer() }

    private var claims: [UInt8] {
        let binding = StatementBinding(account: account, salt: salt)?.text ?? ""
        return Array(
            """
            {"iss":"age.example","aud":"issuer.example","exp":1800003600,"nbf":1799999000,"iat":1799999000,"jti":"one",\
            "capability":"age-18","tokens":3,"cnf":{"portes-account":"\(binding)"}}
            """.utf8)
    }

    private func verify(_ token: [UInt8], keys: [UInt8]) async throws -> StatementCredit {
        let capability = try #require(Capability("age-18"))
        let issuer = StatementIssuer(
            name: "age.example", algorithms: Set(StatementAlgorithm.allCases), capabilities: [capability],
            maximumTokens: 5)
        let verifier = StatementVerifier([(issuer, { @Sendable in keys })], authority: try ServerName("issuer.example")) { _, id in
            KeyedBLAKE2b.hash(Array(id.utf8))
        }
        return try await verifier.verify(
            StatementPresentation(token: String(decoding: token, as: UTF8.self), salt: salt), for: account, at: Self.now)
    }

    @Test(arguments: StatementAlgorithm.allCases, ["one", ""])
    func aStatementThatTheySignIsTaken(algorithm: StatementAlgorithm, keyID: String) async throws {
        let made = try await peer.ask("sign_statement", [algorithm.rawValue.bytes, keyID.bytes, claims])
        let credit = try await verify(made[1], keys: made[0])
        #expect(credit.tokens == 3 && credit.capability.name == "age-18" && credit.expires.seconds == 1_800_003_600)
    }

    @Test(arguments: StatementAlgorithm.allCases)
    func aStatementOfAnotherKeyIsRefused(algorithm: StatementAlgorithm) async throws {
        let one = try await peer.ask("sign_statement", [algorithm.rawValue.bytes, "one".bytes, claims])
        let other = try await peer.ask("sign_statement", [algorithm.rawValue.bytes, "one".bytes, claims])
        await #expect(throws: StatementError.invalidSignature) { try await verify(one[1], keys: other[0]) }
    }

    @Test(arguments: ["none", "HS256"])
    func aStatementWithoutASignatureOrWithASharedSecretIsRefused(algorithm: String) async throws {
        let made = try await peer.ask("sign_statement", [algorithm.bytes, "one".bytes, claims])
        let good = try await peer.ask("sign_statement", ["EdDSA".bytes, "one".bytes, claims])
        for keys in [made[0], good[0]] {
            await #expect(throws: StatementError.algorithmRefused) { try await verify(made[1], keys: keys) }
        }
    }
}

extension String {
    fileprivate var bytes: [UInt8] { Array(utf8) }
}
