import Accounts
import Attestation
import Foundation
import KeySchedule
import LibSodium
import PrivacyPass
import Synchronization

@testable import Statements

/// A party that signs statements, an authority that checks them, and an account.
final class StatementSample: Sendable {
    static let now = Moment(wall: UnixTime(seconds: 1_800_000_000), monotonic: .seconds(1_000))

    let account = Ed25519.PrivateKey().publicKey
    let salt = Randomness.bytes(32)
    let party = Ed25519.PrivateKey()
    /// The key set as the party publishes it, and how often it was read.
    let published: Mutex<(set: [UInt8]?, reads: Int)>
    let authority: ServerName

    init() throws {
        authority = try ServerName("issuer.example")
        published = Mutex((nil, 0))
        publish([Self.jwk(party.publicKey, id: "one")])
    }

    /// Makes this the party's key set.
    func publish(_ keys: [String]?) {
        published.withLock { $0.set = keys.map { Array(#"{"keys":[\#($0.joined(separator: ","))]}"#.utf8) } }
    }

    static func jwk(_ key: Ed25519.PublicKey, id: String) -> String {
        #"{"kty":"OKP","crv":"Ed25519","kid":"\#(id)","x":"\#(Base64URL.encode(key.encoded.bytes, padded: false))"}"#
    }

    func verifier(
        algorithms: Set<StatementAlgorithm> = [.edDSA, .es256], capabilities: [String] = ["age-18"], maximum: Int64 = 10
    ) -> StatementVerifier {
        let issuer = StatementIssuer(
            name: "age.example", algorithms: algorithms, capabilities: Set(capabilities.compactMap { Capability($0) }),
            maximumTokens: maximum)
        let source: StatementVerifier.KeySource = { [self] in
            try published.withLock { published in
                published.reads += 1
                guard let set = published.set else { throw CancellationError() }
                return set
            }
        }
        return StatementVerifier([(issuer, source)], authority: authority) { issuer, id in
            KeyedBLAKE2b.hash(Array("\(issuer)\n\(id)".utf8))
        }
    }

    /// The claims of a good statement, as JSON, with some of them replaced or, where that is `nil`, left out.
    func claims(_ changes: [String: String?] = [:]) -> String {
        let binding = StatementBinding(account: account, salt: salt)?.text ?? ""
        var claims: [String: String] = [
            "iss": #""age.example""#, "aud": #""issuer.example""#, "exp": "1800003600", "jti": #""one""#,
            "capability": #""age-18""#, "tokens": "10", "cnf": #"{"portes-account":"\#(binding)"}"#,
        ]
        for (name, value) in changes { claims[name] = value }
        return "{" + claims.sorted { $0.key < $1.key }.map { #""\#($0)":\#($1)"# }.joined(separator: ",") + "}"
    }

    /// A token that the party signed.
    func token(header: String = #"{"alg":"EdDSA","kid":"one","typ":"JWT"}"#, claims: String? = nil) -> String {
        let signed = Self.part(header) + "." + Self.part(claims ?? self.claims())
        let signature = party.signature(for: Array(signed.utf8))
        return signed + "." + Base64URL.encode(signature.bytes, padded: false)
    }

    static func part(_ text: String) -> String { Base64URL.encode(Array(text.utf8), padded: false) }

    /// What a verifier makes of a token.
    func verify(
        _ token: String, by verifier: StatementVerifier? = nil, salt: [UInt8]? = nil,
        account: Ed25519.PublicKey? = nil, at now: Moment = now
    ) async -> Result<StatementCredit, StatementError> {
        do throws(StatementError) {
            return .success(
                try await (verifier ?? self.verifier()).verify(
                    StatementPresentation(token: token, salt: salt ?? self.salt), for: account ?? self.account, at: now))
        } catch {
            return .failure(error)
        }
    }
}

extension Moment {
    func adding(_ seconds: Int64) -> Moment {
        Moment(wall: wall.adding(seconds: seconds), monotonic: monotonic + .seconds(seconds))
    }
}
