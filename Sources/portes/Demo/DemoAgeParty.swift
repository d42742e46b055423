import Foundation
import JOSE
import LibSodium
import PortesClient
import PrivacyPass

/// The demo's external party: it knows people and their dates of birth, and signs for who is over 18. It learns neither
/// the account that its statement is for nor where the tokens go.
final class DemoAgeParty: Sendable {
    static let name = "age.demo.example"
    static let capability = "age-18"

    private let key = Ed25519.PrivateKey()

    /// Its public key, for the authority.
    var keySet: String {
        let x = Base64URL.encode(key.publicKey.encoded.bytes, padded: false)
        let id = JSONWebKey.keyID(of: key.publicKey)
        return #"{"keys":[{"alg":"EdDSA","crv":"Ed25519","kid":"\#(id)","kty":"OKP","use":"sig","x":"\#(x)"}]}"#
    }

    /// What an authority's configuration says of it, with the key set in a file; and that accounts get sessions too.
    func configuration(keySetAt path: String) -> String {
        """
        authority:
          accounts:
            statements:
              - issuer: \(Self.name)
                jwks-file: \(path)
                capabilities: [\(Self.capability)]
                maximum-tokens: 10
          capabilities:
            - name: \(Self.capability)
              gates: [statement]
            - name: session
              gates: [voucher, account]
              quota: 1000

        """
    }

    /// A statement that a person born on a day is over 18 and may have some tokens, bound to what the app made up for
    /// it; `nil` for who is younger. Whatever else it says of the person is nobody's business, and said here to be
    /// looked for afterwards: `further` are members of JSON.
    func statement(
        for request: StatementRequest, bornOn day: String, tokens: Int, further: String = ""
    ) throws -> Statement? {
        try token(for: request.binding, bornOn: day, tokens: tokens, further: further)
            .map { Statement(token: $0, for: request) }
    }

    /// The same as the text that the party hands out, bound to what the app printed.
    func token(for binding: String, bornOn day: String, tokens: Int, further: String = "") throws -> String? {
        guard let birth = try? Date(day + "T00:00:00Z", strategy: .iso8601),
            let majority = Calendar(identifier: .gregorian).date(byAdding: .year, value: 18, to: birth),
            majority <= .now
        else { return nil }
        let now = Int64(Date.now.timeIntervalSince1970)
        let id = Base64URL.encode(Randomness.bytes(16), padded: false)
        let claims = """
            {"iss":"\(Self.name)","aud":"\(DemoServers.issuerName)","exp":\(now + 600),"jti":"\(id)",\
            "capability":"\(Self.capability)","tokens":\(tokens),"cnf":{"portes-account":"\(binding)"}\(further)}
            """
        let header = #"{"alg":"EdDSA","kid":"\#(JSONWebKey.keyID(of: key.publicKey))","typ":"JWT"}"#
        let signed = [header, claims].map { Base64URL.encode(Array($0.utf8), padded: false) }.joined(separator: ".")
        let signature = Base64URL.encode(key.signature(for: Array(signed.utf8)).bytes, padded: false)
        return signed + "." + signature
    }
}
