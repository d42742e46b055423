import JOSE
import KeySchedule
import LibSodium
import PrivacyPass
import Revocation
import Testing

@Suite final class RevocationDocumentTests {
    let key = Ed25519.PrivateKey()

    @Test func aHeadVerifiesToItself() throws {
        for size in [0, 1, UInt64.max] {
            let head = RevocationHead(
                issuer: "issuer.example:8443", size: size, root: Randomness.bytes32(), time: UnixTime(seconds: .min))
            #expect(try RevocationHead(verifying: head.signed(with: key), key: key.publicKey) == head)
        }
    }

    @Test func aHeadOfAnotherKeyOrKindIsRefused() throws {
        let head = Sample.head(of: RevocationList())
        #expect(throws: JSONWebSignature.VerificationError.unknownKey) {
            try RevocationHead(verifying: head.signed(with: Ed25519.PrivateKey()), key: self.key.publicKey)
        }
        let payload = try JSONWebSignature.verify(
            head.signed(with: key), purpose: .revocationHead, key: key.publicKey)
        let receipt = JSONWebSignature.sign(payload: payload, purpose: .receipt, key: key)
        #expect(throws: JSONWebSignature.VerificationError.wrongType) {
            try RevocationHead(verifying: receipt, key: self.key.publicKey)
        }
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"iss":"a","root":"AA","size":0,"time":0}"#,
        #"{"iss":"a","root":"\#(zeroRoot)","size":-1,"time":0}"#,
        #"{"iss":"a","root":"\#(zeroRoot)","size":18446744073709551616,"time":0}"#,
        #"{"iss":"a","root":"\#(zeroRoot)","size":0.5,"time":0}"#,
        #"{"iss":"a","root":"\#(zeroRoot)","size":0,"time":9223372036854775808}"#,
        #"{"root":"\#(zeroRoot)","size":0,"time":0}"#,
    ])
    func aSignedTextThatIsNoHeadIsMalformed(payload: String) {
        let text = JSONWebSignature.sign(payload: Array(payload.utf8), purpose: .revocationHead, key: key)
        #expect(throws: JSONWebSignature.VerificationError.malformed) {
            try RevocationHead(verifying: text, key: self.key.publicKey)
        }
    }

    private static let zeroRoot = Base64URL.encode(Bytes32.zero.bytes, padded: false)
}
