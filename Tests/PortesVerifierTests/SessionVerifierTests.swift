import JOSE
import KeySchedule
import LibSodium
import PrivacyPass
import Sessions
import SignIn
import Testing

@testable import PortesVerifier

/// What lets nobody in, and why.
@Suite final class SessionVerifierTests {
    private let key = Ed25519.PrivateKey()
    private let device: DeviceKey
    private let audience: Audience
    private let verifier: SessionVerifier
    private let now = UnixTime(seconds: 1_800_000_000)

    init() throws {
        let device = DeviceKey(seed: SecretBytes(randomCount: 32))
        self.device = try #require(device)
        audience = try #require(Audience("radio.example"))
        verifier = SessionVerifier(audience: audience, keys: [key.publicKey])
    }

    private var expiry: UnixTime { now.adding(seconds: 3_600) }

    private func text(
        for name: String = "radio.example", boundTo thumbprint: Bytes32? = nil, until expiry: UnixTime? = nil
    ) throws -> String {
        try claims(for: name, boundTo: thumbprint, until: expiry)
            .signed(with: key, header: JSONWebSignature.Header(purpose: .session, key: key.publicKey))
    }

    private func claims(
        for name: String = "radio.example", boundTo thumbprint: Bytes32? = nil, until expiry: UnixTime? = nil
    ) throws -> SessionClaims {
        SessionClaims(
            audience: try #require(Audience(name)), capability: try #require(Capability("session")),
            keyThumbprint: thumbprint, expiry: expiry ?? self.expiry, id: SessionID(Randomness.bytes32()))
    }

    private func proof(
        _ method: String = "GET", uri: String = "https://radio.example/levels", of text: String,
        at time: UnixTime? = nil, device: DeviceKey? = nil
    ) -> String {
        (device ?? self.device).proof(method: method, uri: uri, credential: text, at: time ?? now)
    }

    private func presented(_ text: String, _ proof: String? = nil, scheme: String? = nil) throws -> PresentedSession {
        let scheme = scheme ?? (proof == nil ? "Bearer" : "DPoP")
        let presented = PresentedSession(
            authorization: ["\(scheme) \(text)"], proofs: proof.map { [$0] } ?? [], method: "GET", path: "/levels?a=1",
            servers: ["radio.example"])
        return try #require(presented)
    }

    private func failure(_ text: String, _ proof: String? = nil, at time: UnixTime? = nil) throws -> SessionFailure? {
        let presented = try presented(text, proof)
        do {
            _ = try verifier.verify(presented, at: time ?? now)
            return nil
        } catch {
            return error
        }
    }

    @Test func aGoodSessionPassesWithItsProofWhereItIsBound() throws {
        #expect(try failure(text()) == nil)
        let bound = try text(boundTo: device.thumbprint)
        #expect(try failure(bound, proof(of: bound)) == nil)
        let verified = try verifier.verify(presented(bound, proof(of: bound)), at: now)
        #expect(verified.claims.keyThumbprint == device.thumbprint && verified.claims.expiry == expiry)
        #expect(!"\(verified)\(try presented(bound))".contains(bound))
        #expect(!String(reflecting: verified).contains("radio"))
    }

    @Test func whatIsWrongWithASessionIsSaid() throws {
        let other = Ed25519.PrivateKey()
        let good = try text()
        let strange = try claims()
            .signed(with: other, header: JSONWebSignature.Header(purpose: .session, key: other.publicKey))
        let forged = try claims()
            .signed(with: other, header: JSONWebSignature.Header(purpose: .session, key: key.publicKey))
        let receipt = JSONWebSignature.sign(payload: Array("{}".utf8), purpose: .receipt, key: key)
        let empty = JSONWebSignature.sign(payload: Array("{}".utf8), purpose: .session, key: key)
        for text in ["", " ", "x", "..", "a.b.c", receipt, empty, good + "=", good + " ", String(good.dropLast(2))] {
            #expect(try failure(text) == .malformed, "\(text)")
        }
        for text in [strange, forged] { #expect(try failure(text) == .badSignature) }
        #expect(try failure(text(for: "other.example")) == .wrongAudience)
        #expect(try failure(text(for: "Radio.example")) == .wrongAudience)
        #expect(try failure(text(until: now.adding(seconds: -60))) == .expired)
    }

    @Test func whatIsWrongWithAProofIsSaid() throws {
        let bound = try text(boundTo: device.thumbprint)
        let made = DeviceKey(seed: SecretBytes(randomCount: 32))
        let thief = try #require(made)
        #expect(try failure(bound) == .proofRequired)
        let bare = try presented(bound, scheme: "DPoP")
        #expect(throws: SessionFailure.proofRequired) { try self.verifier.verify(bare, at: self.now) }
        for bad in [
            "", "x", bound, proof("POST", of: bound), proof(of: bound, device: thief), proof(of: bound) + "=",
            proof(uri: "https://radio.example/level", of: bound), proof(uri: "https://other.example/levels", of: bound),
            proof(uri: "http://radio.example/levels", of: bound), proof(of: try text()),
            String(repeating: "A", count: 100_000),
        ] { #expect(try failure(bound, bad) == .badProof, "\(bad)") }
        // One that anybody may bear is not to look as if it were bound.
        let unbound = try text()
        #expect(try failure(unbound, proof(of: unbound)) == .badProof)
    }

    @Test func theFirstThingThatIsWrongIsNamed() throws {
        let (old, thumbprint) = (now.adding(seconds: -7_200), device.thumbprint)
        let all = try text(for: "other.example", boundTo: thumbprint, until: old)
        let stale = now.adding(seconds: -600)
        #expect(try failure(all.dropLast() + "!") == .malformed)
        let other = Ed25519.PrivateKey()
        let forged = try claims(for: "other.example", boundTo: thumbprint, until: old)
            .signed(with: other, header: JSONWebSignature.Header(purpose: .session, key: key.publicKey))
        #expect(try failure(forged) == .badSignature)
        #expect(try failure(all) == .wrongAudience)
        #expect(try failure(text(boundTo: thumbprint, until: old)) == .expired)
        let bound = try text(boundTo: thumbprint)
        #expect(try failure(bound) == .proofRequired)
        #expect(try failure(bound, proof("POST", of: bound, at: stale)) == .badProof)
        #expect(try failure(bound, proof(of: bound, at: stale)) == .staleProof)
    }

    @Test func aSessionEndsAMinuteAfterItsEnd() throws {
        let text = try text()
        for (seconds, failure) in [
            (-3_600, nil), (-1, nil), (0, nil), (59, nil), (60, .expired), (61, .expired), (86_400, .expired),
        ] as [(Int64, SessionFailure?)] {
            #expect(try self.failure(text, at: expiry.adding(seconds: seconds)) == failure, "\(seconds) s")
        }
        #expect(try failure(text, at: UnixTime(seconds: .max)) == .expired)
        #expect(try failure(text, at: UnixTime(seconds: .min)) == nil)
        #expect(try failure(self.text(until: UnixTime(seconds: .min))) == .expired)
        #expect(try failure(self.text(until: UnixTime(seconds: .max))) == nil)
    }

    @Test func aProofCountsForAMinuteBothWays() throws {
        let bound = try text(boundTo: device.thumbprint)
        for (seconds, failure) in [
            (-61, .staleProof), (-60, nil), (0, nil), (60, nil), (61, .staleProof), (1 << 60, .staleProof),
            (.min, .staleProof),
        ] as [(Int64, SessionFailure?)] {
            let time = now.adding(seconds: seconds)
            #expect(try self.failure(bound, proof(of: bound, at: time)) == failure, "\(seconds) s")
        }
    }

    @Test func aGatewayNeedsNothingButTheKeySet() throws {
        let made = SessionKey(seed: SecretBytes(randomCount: 32))
        let sessionKey = try #require(made)
        let text = sessionKey.sign(try claims())
        let gateway = try #require(SessionVerifier(audience: audience, keySet: sessionKey.keySet))
        #expect(throws: Never.self) { try gateway.verify(self.presented(text), at: self.now) }
        #expect(try failure(text) == .badSignature)
        // Beside another key, such as the one before, and whatever else is in the set.
        let webKeys = [JSONWebKey(publicKey: key.publicKey, purpose: .session), sessionKey.webKey]
        let both = try #require(SessionVerifier(audience: audience, keySet: JSONWebKeySet(keys: webKeys).encoded))
        for text in [text, try self.text()] {
            #expect(throws: Never.self) { try both.verify(self.presented(text), at: self.now) }
        }
        let receipt = JSONWebSignature.sign(payload: Array("{}".utf8), purpose: .receipt, key: key)
        #expect(throws: SessionFailure.malformed) { try both.verify(self.presented(receipt), at: self.now) }
        for none in ["", "{}", "[]", "{\"keys\":7}"] {
            #expect(SessionVerifier(audience: audience, keySet: Array(none.utf8)) == nil, "\(none)")
        }
        let empty = try #require(SessionVerifier(audience: audience, keySet: Array(#"{"keys":[]}"#.utf8)))
        #expect(throws: SessionFailure.badSignature) { try empty.verify(self.presented(text), at: self.now) }
    }

    @Test func aSessionIsReadFromOneAuthorizationField() {
        func read(_ values: [String], _ proofs: [String] = []) -> (text: String, proof: String?)? {
            PresentedSession(authorization: values, proofs: proofs, method: "GET", path: "/", servers: [])
                .map { ($0.text, $0.proof) }
        }
        for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
            #expect(read(["\(scheme) a.b.c"])?.text == "a.b.c", "\(scheme)")
            // Shown as one that is bound to nothing, with a proof: the check says what is wrong.
            #expect(read(["\(scheme) a.b.c"], ["p"])?.proof == .some(nil), "\(scheme)")
        }
        for scheme in ["DPoP", "dpop", "DPOP"] {
            #expect(read(["\(scheme) a.b.c"], ["p"])?.proof == "p", "\(scheme)")
            #expect(read(["\(scheme) a.b.c"], [])?.text == "a.b.c" && read(["\(scheme) a.b.c"], [])?.proof == nil)
            #expect(read(["\(scheme) a.b.c"], ["p", "p"]) == nil, "\(scheme)")
        }
        #expect(read(["Bearer    a.b.c"])?.text == "a.b.c")
        for value in [
            "", " ", "Bearer", "DPoP", "a.b.c", " Bearer a.b.c", "Bearer\ta.b.c", "Basic a.b.c",
            "PrivateToken token=AAAA", "Bearera.b.c", "Bearer" + String(repeating: "x", count: 5_000),
        ] { #expect(read([value]) == nil, "\(value)") }
        #expect(read([]) == nil && read([], ["p"]) == nil)
        #expect(read(["Bearer a.b.c", "Bearer a.b.c"]) == nil && read(["Bearer a.b.c", ""]) == nil)
        let most = String(repeating: "A", count: SessionClaims.maximumCount)
        #expect(read(["Bearer \(most)"])?.text == most)
        #expect(read(["Bearer \(most)\(String(repeating: "A", count: 16))"]) == nil)
        #expect(read(["Bearer \(String(repeating: " ", count: 100_000))a"]) == nil)
    }
}
