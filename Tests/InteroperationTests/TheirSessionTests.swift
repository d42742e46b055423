import Foundation
import JOSE
import KeySchedule
import LibSodium
import PortesVerifier
import PrivacyPass
import Sessions
import SignIn
import Testing

/// Sessions and proofs of possession as the Python packages PyJWT and jwcrypto read and write them.
@Suite(.enabled(if: PythonPeer.isExpected, "no .venv: run Scripts/setup --tests"))
final class TheirSessionTests: Sendable {
    private let peer: PythonPeer
    private let signing = Ed25519.PrivateKey()
    private let audience: Audience
    private let device: DeviceKey
    private let now = SystemTimeSource().now().wall

    init() throws {
        peer = try PythonPeer()
        audience = try #require(Audience("radio.example"))
        let device = DeviceKey(seed: SecretBytes(randomCount: 32))
        self.device = try #require(device)
    }

    private var keySet: [UInt8] {
        JSONWebKeySet(keys: [
            JSONWebKey(publicKey: Ed25519.PrivateKey().publicKey, purpose: .receipt),
            JSONWebKey(publicKey: signing.publicKey, purpose: .session),
        ]).encoded
    }

    private func session(lasting seconds: Int64 = 3_600) throws -> (text: String, claims: SessionClaims) {
        let capability = try #require(Capability("session"))
        let claims = SessionClaims(
            audience: audience, capability: capability, keyThumbprint: device.thumbprint,
            expiry: now.adding(seconds: seconds), id: SessionID(Randomness.bytes32()))
        return (claims.signed(with: signing, header: .init(purpose: .session, key: signing.publicKey)), claims)
    }

    @Test func aGatewayThatKnowsTheKeySetAloneReadsOurSession() async throws {
        let (text, claims) = try session()
        let read = try await peer.ask("read_session", [text.bytes, keySet, "radio.example".bytes])
        #expect(read.map { String(decoding: $0, as: UTF8.self) } == [
            "portes-session+jwt",
            """
            {"aud": "radio.example", "capability": "session", \
            "cnf": {"jkt": "\(Base64URL.encode(device.thumbprint.bytes, padded: false))"}, \
            "exp": \(claims.expiry.seconds), "jti": "\(claims.id.text)"}
            """,
        ])
    }

    @Test func theyRefuseOneThatEndedAndOneOfAnotherServiceOrKey() async throws {
        let ended = try session(lasting: -10).text
        #expect(try await peer.refusal(of: "read_session", [ended.bytes, keySet, "radio.example".bytes]) != nil)
        let text = try session().text
        #expect(try await peer.refusal(of: "read_session", [text.bytes, keySet, "other.example".bytes]) != nil)
        let other = JSONWebKeySet(keys: [JSONWebKey(publicKey: Ed25519.PrivateKey().publicKey, purpose: .session)])
        #expect(try await peer.refusal(of: "read_session", [text.bytes, other.encoded, "radio.example".bytes]) != nil)
    }

    @Test func theyReadOurProof() async throws {
        let text = try session().text
        let proof = device.proof(method: "GET", uri: "https://radio.example/levels", credential: text, at: now)
        let read = try await peer.ask("read_proof", [proof.bytes]).map { String(decoding: $0, as: UTF8.self) }
        #expect(read.prefix(2) == [Base64URL.encode(device.thumbprint.bytes, padded: false), "dpop+jwt"])
        let claims = try #require(try JSONSerialization.jsonObject(with: Data(read[2].utf8)) as? [String: Any])
        #expect(Set(claims.keys) == ["ath", "htm", "htu", "iat", "jti"])
        #expect(claims["htm"] as? String == "GET" && claims["htu"] as? String == "https://radio.example/levels")
        let digest = Base64URL.encode(SHA256.hash(text.bytes).bytes, padded: false)
        #expect(claims["ath"] as? String == digest && claims["iat"] as? Int64 == now.seconds)
    }

    @Test func aProofThatTheySignIsTakenForItsRequestAlone() async throws {
        let digest = Base64URL.encode(SHA256.hash("abc".bytes).bytes, padded: false)
        let claims = """
            {"ath": "\(digest)", "htm": "POST", "htu": "https://radio.example/a?b=c", "iat": 1800000000.5, "jti": "n"}
            """
        let made = try await peer.ask("sign_proof", [claims.bytes]).map { String(decoding: $0, as: UTF8.self) }
        let proof = try ProofOfPossession(verifying: made[1])
        #expect(Base64URL.encode(proof.keyThumbprint.bytes, padded: false) == made[0])
        #expect(proof.time == UnixTime(seconds: 1_800_000_000))
        #expect(proof.isFor(method: "POST", path: "/a?d", servers: ["radio.example"], credential: "abc"))
        #expect(!proof.isFor(method: "GET", path: "/a", servers: ["radio.example"], credential: "abc"))
        #expect(!proof.isFor(method: "POST", path: "/a", servers: ["radio.example"], credential: "abd"))
    }
}

extension String {
    fileprivate var bytes: [UInt8] { Array(utf8) }
}
