import JOSE
import KeySchedule
import LibSodium
import PrivacyPass
import Sessions
import SignIn
import TestSupport
import Testing

/// The text of a session, and what is none.
@Suite final class SessionClaimsTests {
    private let key = ExampleKey.private
    private let header: JSONWebSignature.Header
    private let claims: SessionClaims
    private let bound: SessionClaims

    init() throws {
        header = JSONWebSignature.Header(purpose: .session, key: key.publicKey)
        claims = try Self.claims()
        bound = try Self.claims(boundTo: Bytes32([UInt8](repeating: 7, count: 32)))
    }

    private static func claims(
        for audience: String = "radio.example", _ capability: String = "session", boundTo thumbprint: Bytes32? = nil,
        until expiry: Int64 = 1_800_003_900
    ) throws -> SessionClaims {
        SessionClaims(
            audience: try #require(Audience(audience)), capability: try #require(Capability(capability)),
            keyThumbprint: thumbprint, expiry: UnixTime(seconds: expiry),
            id: SessionID(try #require(Bytes32([UInt8](0..<32)))))
    }

    private func read(_ text: String) throws(JSONWebSignature.VerificationError) -> SessionClaims {
        try SessionClaims(verifying: text, header: header, key: key.publicKey)
    }

    private func refusal(of text: String) -> JSONWebSignature.VerificationError? {
        do {
            _ = try read(text)
            return nil
        } catch {
            return error
        }
    }

    /// A payload signed by the right key, with the right header.
    private func signed(_ payload: String) -> String {
        JSONWebSignature.sign(payload: Array(payload.utf8), header: header, key: key)
    }

    private static let id = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
    private static let json =
        #"{"aud":"radio.example","capability":"session","exp":1800003900,"jti":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBka"#
        + #"GxwdHh8"}"#
    private static let boundJSON =
        #"{"aud":"radio.example","capability":"session","cnf":{"jkt":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"},"#
        + #""exp":1800003900,"jti":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}"#

    @Test func aSessionIsReadBackAsItWasWritten() throws {
        for claims in [claims, bound, try Self.claims(until: .max), try Self.claims(until: .min)] {
            let text = claims.signed(with: key, header: header)
            #expect(try read(text) == claims)
            #expect(try SessionClaims(unverified: text) == claims)
            #expect(text == claims.signed(with: key, header: header))
        }
    }

    @Test func theBytesOfASessionAreThoseThatAnotherProgramMade() throws {
        // Made with the key of RFC 8037, appendix A.1, by Python's `cryptography`.
        let expected =
            "eyJhbGciOiJFZERTQSIsImtpZCI6ImtQcktfcW14VldhWVZBOXd3QkY2SXVvM3ZWeno3VHhIQ1R3WEJ5Z3JTNGsiLCJ0eXAiOiJwb3J0"
            + "ZXMtc2Vzc2lvbitqd3QifQ.eyJhdWQiOiJyYWRpby5leGFtcGxlIiwiY2FwYWJpbGl0eSI6InNlc3Npb24iLCJleHAiOjE4MDAwMDM5"
            + "MDAsImp0aSI6IkFBRUNBd1FGQmdjSUNRb0xEQTBPRHhBUkVoTVVGUllYR0JrYUd4d2RIaDgifQ.mvngRkYtE8xOmkIeHUxNHk0FoRP1"
            + "vhlWFkaU9-WG8w0VbDCQtGCnOT887PL5iLWIZZ75n_KSbidAhKc7ZciOAw"
        #expect(claims.signed(with: key, header: header) == expected)
        #expect(bound.signed(with: key, header: header).hasSuffix(
            ".v7bsVQ2C7dmZU2gSdkVIjjAJtfxWl1W9SH3-rDnw7gYDjVrR-wCfkdiIQsLMMBbGtVIDvQ42OBjmD4VOwXlWAA"))
    }

    @Test func aSessionSaysNothingButTheServiceTheCapabilityTheKeyItsEndAndItsName() throws {
        for (claims, json) in [(claims, Self.json), (bound, Self.boundJSON)] {
            let parts = claims.signed(with: key, header: header).split(separator: ".")
            let (head, payload) = (try #require(Base64URL.decode(parts[0])), try #require(Base64URL.decode(parts[1])))
            // No subject, and no time at which it began.
            #expect(String(decoding: payload, as: UTF8.self) == json)
            let expected = #"{"alg":"EdDSA","kid":"\#(ExampleKey.thumbprint)","typ":"portes-session+jwt"}"#
            #expect(String(decoding: head, as: UTF8.self) == expected)
        }
    }

    @Test func whatWasSignedForAnotherPurposeIsNoSession() {
        for purpose in SigningPurpose.allCases where purpose != .session {
            let text = JSONWebSignature.sign(payload: Array(Self.json.utf8), purpose: purpose, key: key)
            #expect(refusal(of: text) == .wrongType, "\(purpose)")
            #expect(throws: JSONWebSignature.VerificationError.malformed) { try SessionClaims(unverified: text) }
        }
    }

    @Test func whatAnotherKeySignedIsNoSession() {
        let other = Ed25519.PrivateKey()
        let named = claims.signed(with: other, header: JSONWebSignature.Header(purpose: .session, key: other.publicKey))
        #expect(refusal(of: named) == .unknownKey)
        #expect(refusal(of: claims.signed(with: other, header: header)) == .invalidSignature)
    }

    @Test func everyFlippedBitIsRefused() {
        for claims in [claims, bound] {
            for (bytes, what) in Damage.copies(of: Array(claims.signed(with: key, header: header).utf8), .bitFlip) {
                #expect(refusal(of: String(decoding: bytes, as: UTF8.self)) != nil, "\(what)")
            }
        }
    }

    @Test func everyTruncationAndEveryByteMoreIsRefused() {
        let text = bound.signed(with: key, header: header)
        for (bytes, what) in Damage.copies(of: Array(text.utf8), .truncation) {
            #expect(refusal(of: String(decoding: bytes, as: UTF8.self)) != nil, "\(what)")
        }
        for more in ["=", "==", ".", ".A", "A", " ", "\n", "\u{0}"] {
            #expect(refusal(of: text + more) != nil && refusal(of: more + text) != nil, "\(more)")
        }
    }

    @Test(arguments: [
        (#""}"#, #"","sub":"me"}"#), (#""}"#, #"","iat":1800000000}"#), (#""}"#, #"","nbf":1800000000}"#),
        (#""exp":1800003900,"#, #""exp":1800003900,"exp":1800003900,"#),
        (#""exp":1800003900,"#, #""exp":1,"exp":1800003900,"#), (#","exp""#, #", "exp""#), (#""}"#, "\"}\n"),
        ("1800003900", "1800003900.0"), ("1800003900", "18000039e2"), ("1800003900", "\"1800003900\""),
        ("1800003900", "-0"), ("1800003900", "9223372036854775808"), ("1800003900", "1e400"), ("1800003900", "null"),
        (#","exp""#, #","cnf":null,"exp""#), (#","exp""#, #","cnf":{},"exp""#),
        (#","exp""#, #","cnf":{"jkt":""},"exp""#),
        (#","exp""#, #","cnf":{"jkt":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc","x":1},"exp""#),
        (#","exp""#, #","cnf":{"jkt":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="},"exp""#),
        ("radio.example", "radio\\u002eexample"), ("radio.example", "radio example"), ("radio.example", ""),
        (#""radio.example""#, #"["radio.example"]"#), (#""aud":"radio.example","#, ""), (":\"session", ":\"Session"),
        (":\"session", ":\"sess\\u0069on"), (":\"session", ":\""), ("GxwdHh8", "GxwdHh9"), ("GxwdHh8", "GxwdHh8="),
        ("GxwdHh8", "GxwdHh"), (#","jti":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8""#, ""),
        (#""aud":"radio.example","capability":"session""#, #""capability":"session","aud":"radio.example""#),
    ])
    func aPayloadInAnyOtherFormIsRefusedThoughTheRightKeySignedIt(part: String, other: String) {
        #expect(refusal(of: signed(Self.json)) == nil)
        let changed = Self.json.replacing(part, with: other)
        #expect(changed != Self.json)
        #expect(refusal(of: signed(changed)) == .malformed, "\(changed)")
    }

    @Test func whatIsNoObjectIsRefusedThoughTheRightKeySignedIt() {
        let deep = String(repeating: "[", count: 1_000)
        for payload in ["", "null", "[]", "{}", "{", "\u{0}", "7", "[\(Self.json)]", deep, #"{"aud":"# + deep] {
            #expect(refusal(of: signed(payload)) == .malformed, "\(payload)")
        }
    }

    @Test func theLongestSessionIsReadAndALongerTextIsNot() throws {
        let longest = try Self.claims(
            for: String(repeating: "\\", count: Audience.maximumCount), String(repeating: "a", count: 63),
            boundTo: Randomness.bytes32(), until: .min)
        let text = longest.signed(with: key, header: header)
        #expect(try read(text) == longest)
        #expect(text.utf8.count <= SessionClaims.maximumCount)
        let spaces = String(repeating: " ", count: SessionClaims.maximumCount)
        let over = String(repeating: "A", count: SessionClaims.maximumCount + 1)
        let dots = String(repeating: ".", count: over.utf8.count)
        for long in [signed(Self.json + spaces), over, dots, text + "." + over] {
            #expect(refusal(of: long) == .malformed)
            #expect(throws: JSONWebSignature.VerificationError.malformed) { try SessionClaims(unverified: long) }
        }
    }

    @Test func paddingIsRefusedEvenWhereItIsSigned() throws {
        let first = try #require(claims.signed(with: key, header: header).split(separator: ".").first)
        // A name whose length needs padding.
        let payload = Base64URL.encode(Array(Self.json.replacing("radio", with: "audio.radio").utf8))
        let other = Base64URL.encode(Array(Self.json.replacing("radio", with: "a.radio").utf8))
        let padded = try #require([payload, other].first { $0.hasSuffix("=") })
        for payload in [padded, padded.replacing("=", with: "")] {
            let text = "\(first).\(payload)"
            let signature = Base64URL.encode(key.signature(for: Array(text.utf8)).bytes, padded: false)
            #expect(refusal(of: text + "." + signature) == (payload == padded ? .malformed : nil))
        }
    }

    @Test func anAudienceOfAnyPrintableCharactersSurvives() throws {
        let all = String(decoding: Array(UInt8(0x21)...0x7e), as: UTF8.self)
        for audience in [#"a"b\c/d"#, #"\""#, #"","sub":"me"#, "\\u0041", all] {
            let claims = try Self.claims(for: audience, boundTo: .zero)
            #expect(try read(claims.signed(with: key, header: header)) == claims, "\(audience)")
        }
    }

    @Test func aNameIsItsOneText() throws {
        let id = try #require(SessionID(text: Self.id))
        #expect(id == claims.id && id.text == Self.id)
        for text in ["", Self.id + "=", Self.id + "A", String(Self.id.dropLast()), Self.id.replacing("x", with: "+")] {
            #expect(SessionID(text: text) == nil, "\(text)")
        }
        // Bits left over that are not zero.
        #expect(SessionID(text: String(Self.id.dropLast()) + "9") == nil)
        #expect(!"\(id)".contains(Self.id) && !String(reflecting: id).contains(Self.id))
    }

    @Test func randomTextIsNoSession() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var generator = SplitMix(seed: seed)
        let good = claims.signed(with: key, header: header).split(separator: ".").map(String.init)
        for round in 0..<5_000 {
            let parts = (0..<3).map { index in
                if generator.next() % 3 == 0 { return good[index] }
                let bytes = (0..<Int(generator.next() % 100)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
                return generator.next() % 4 == 0
                    ? String(decoding: bytes, as: UTF8.self) : Base64URL.encode(bytes, padded: false)
            }
            guard parts != good else { continue }
            #expect(refusal(of: parts.joined(separator: ".")) != nil, "seed \(seed), round \(round)")
            _ = try? SessionClaims(unverified: parts.joined(separator: "."))
        }
    }
}

/// The key of RFC 8037, appendix A.1.
enum ExampleKey {
    static let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    static let thumbprint = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"

    static var seed: SecretBytes {
        SecretBytes(copying: Base64URL.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A") ?? [])
    }

    static var `private`: Ed25519.PrivateKey {
        guard let key = Ed25519.PrivateKey(seed: seed) else { fatalError("the seed has another length") }
        return key
    }
}
