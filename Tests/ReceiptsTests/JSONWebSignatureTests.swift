import JOSE
import LibSodium
import PrivacyPass
import Testing

@Suite final class JSONWebSignatureTests {
    let key = Ed25519.PrivateKey()
    let payload = Array(#"{"aud":"origin.example"}"#.utf8)

    private func refusal(
        of text: String, purpose: SigningPurpose = .receipt, key: Ed25519.PublicKey? = nil
    ) -> JSONWebSignature.VerificationError? {
        do {
            _ = try JSONWebSignature.verify(text, purpose: purpose, key: key ?? self.key.publicKey)
            return nil
        } catch {
            return error
        }
    }

    private func signed(_ header: String, _ payload: [UInt8]? = nil) -> String {
        let text = Base64URL.encode(Array(header.utf8), padded: false) + "."
            + Base64URL.encode(payload ?? self.payload, padded: false)
        return text + "." + Base64URL.encode(key.signature(for: Array(text.utf8)).bytes, padded: false)
    }

    private var keyID: String { JSONWebKey.keyID(of: key.publicKey) }

    @Test(arguments: SigningPurpose.allCases) func aSignatureGivesItsPayload(purpose: SigningPurpose) throws {
        for payload in [payload, [], [0, 255], [UInt8](repeating: 7, count: 100_000)] {
            let text = JSONWebSignature.sign(payload: payload, purpose: purpose, key: key)
            #expect(try JSONWebSignature.verify(text, purpose: purpose, key: key.publicKey) == payload)
            #expect(text == JSONWebSignature.sign(payload: payload, purpose: purpose, key: key))
        }
    }

    @Test func everyOtherPurposeIsRefused() {
        for purpose in SigningPurpose.allCases {
            let text = JSONWebSignature.sign(payload: payload, purpose: purpose, key: key)
            for other in SigningPurpose.allCases where other != purpose {
                #expect(refusal(of: text, purpose: other) == .wrongType, "\(purpose) as \(other)")
            }
        }
    }

    @Test func anotherKeyIsRefused() {
        let other = Ed25519.PrivateKey()
        let text = JSONWebSignature.sign(payload: payload, purpose: .receipt, key: other)
        #expect(refusal(of: text) == .unknownKey)
        // Signed by one key in the name of the other.
        let signed = text.split(separator: ".").dropLast().joined(separator: ".")
        let forged = signed + "." + Base64URL.encode(key.signature(for: Array(signed.utf8)).bytes, padded: false)
        #expect(refusal(of: forged, key: other.publicKey) == .invalidSignature)
    }

    @Test func everyFlippedBitIsRefused() throws {
        let bytes = Array(JSONWebSignature.sign(payload: payload, purpose: .receipt, key: key).utf8)
        for bit in 0..<bytes.count * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(refusal(of: String(decoding: changed, as: UTF8.self)) != nil, "bit \(bit)")
        }
    }

    @Test func everyTruncationIsRefused() {
        let text = JSONWebSignature.sign(payload: payload, purpose: .receipt, key: key)
        for count in 0..<text.count { #expect(refusal(of: String(text.prefix(count))) != nil, "\(count) characters") }
    }

    @Test func onlyThreePartsWithoutPaddingAreRead() {
        let text = JSONWebSignature.sign(payload: payload, purpose: .receipt, key: key)
        for other in [text + ".", "." + text, text + "==", text + "=", text + "\n", " " + text, "..", "", text + text] {
            #expect(refusal(of: other) == .malformed, "\(other.count) characters")
        }
        #expect(refusal(of: signed(#"{"alg":"EdDSA","kid":"\#(keyID)","typ":"portes-receipt+jwt"}"#)) == nil)
    }

    @Test func paddingInsideIsRefusedEvenWhereItIsSigned() {
        let header = Array(#"{"alg":"EdDSA","kid":"\#(keyID)","typ":"portes-receipt+jwt" }"#.utf8)
        for spaces in 0...2 {
            let padded = Base64URL.encode(header + [UInt8](repeating: UInt8(ascii: " "), count: spaces))
            guard padded.hasSuffix("=") else { continue }
            let text = padded + "." + Base64URL.encode(payload, padded: false)
            let signature = Base64URL.encode(key.signature(for: Array(text.utf8)).bytes, padded: false)
            #expect(refusal(of: text + "." + signature) == .malformed)
        }
    }

    @Test(arguments: [
        #"{"alg":"none","kid":"KID","typ":"portes-receipt+jwt"}"#,
        #"{"alg":"eddsa","kid":"KID","typ":"portes-receipt+jwt"}"#,
        #"{"alg":"ES256","kid":"KID","typ":"portes-receipt+jwt"}"#,
        #"{"kid":"KID","typ":"portes-receipt+jwt"}"#,
        #"{"alg":"EdDSA","typ":"portes-receipt+jwt"}"#,
        #"{"alg":"EdDSA","kid":"KID"}"#,
        #"{"alg":"EdDSA","crit":["b64"],"b64":false,"kid":"KID","typ":"portes-receipt+jwt"}"#,
        #"{"alg":"EdDSA","crit":[],"kid":"KID","typ":"portes-receipt+jwt"}"#,
        #"{"alg":"EdDSA","kid":7,"typ":"portes-receipt+jwt"}"#,
        "[]", "null", "", "{",
    ])
    func aHeaderThatIsNotOursIsRefusedThoughItIsSigned(header: String) {
        #expect(refusal(of: signed(header.replacing("KID", with: keyID))) == .malformed)
    }

    @Test func anEmbeddedKeyIsNotBelieved() {
        let other = Ed25519.PrivateKey()
        let x = Base64URL.encode(other.publicKey.encoded.bytes, padded: false)
        let header = #"{"alg":"EdDSA","jwk":{"crv":"Ed25519","kty":"OKP","x":"\#(x)"},"kid":"\#(keyID)","#
            + #""typ":"portes-receipt+jwt"}"#
        let signed = Base64URL.encode(Array(header.utf8), padded: false) + "."
            + Base64URL.encode(payload, padded: false)
        let text = signed + "." + Base64URL.encode(other.signature(for: Array(signed.utf8)).bytes, padded: false)
        #expect(refusal(of: text) == .invalidSignature)
    }

    @Test func aTextOverTheLimitIsNotRead() {
        let over = String(repeating: "A", count: JSONWebSignature.maximumCount + 1)
        #expect(refusal(of: over) == .malformed)
        let dots = String(repeating: ".", count: JSONWebSignature.maximumCount)
        #expect(refusal(of: dots) == .malformed)
        let deep = signed(String(repeating: "[", count: 100_000))
        #expect(refusal(of: deep) == .malformed)
    }

    @Test func aKeyIdentifierIsThatOfTheStandard() throws {
        // RFC 8037, appendix A.3.
        let x = try #require(Base64URL.decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").flatMap { Bytes32($0) })
        let example = Ed25519.PublicKey(x)
        #expect(JSONWebKey.keyID(of: example) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
        let set = JSONWebKeySet(keys: [JSONWebKey(publicKey: example, purpose: .receipt)])
        let expected = #"{"keys":[{"alg":"EdDSA","crv":"Ed25519","kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k","#
            + #""kty":"OKP","use":"sig","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#
        #expect(String(decoding: set.encoded, as: UTF8.self) == expected)
        #expect(JSONWebKeySet(keys: []).encoded == Array(#"{"keys":[]}"#.utf8))
    }
}
