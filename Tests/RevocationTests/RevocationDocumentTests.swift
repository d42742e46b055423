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

    @Test func aPageDecodesAndEncodesToTheSameBytes() throws {
        for count in [0, 1, 5] as [UInt8] {
            let entries = try Sample.entries(count)
            let head = try Sample.head(of: Sample.list(entries)).signed(with: key)
            let page = RevocationPage(after: 0, entries: entries, signedHead: head)
            let decoded = try RevocationPage(decoding: page.encoded)
            #expect(decoded == page && decoded.encoded == page.encoded)
        }
    }

    @Test func aPageOfAllTheEntriesThatItMayHoldFitsItsLimit() throws {
        let entries = try (1...UInt64(RevocationPage.maximumEntryCount)).map {
            try RevocationEntry(
                sequence: $0, subject: .token(Sample.nullifier(1), Sample.keyID(1)), reason: .surrendered,
                effective: Sample.time)
        }
        let head = Sample.head(of: RevocationList()).signed(with: key)
        let full = RevocationPage(after: 0, entries: entries, signedHead: head)
        #expect(full.encoded.count <= RevocationPage.maximumEncodedCount)
        #expect(try RevocationPage(decoding: full.encoded) == full)
        let over = RevocationPage(after: 0, entries: entries + [entries[0]], signedHead: head)
        #expect(throws: RevocationError.malformed) { try RevocationPage(decoding: over.encoded) }
    }

    @Test(arguments: [
        "", "{}", "null", #"{"after":-1,"entries":[],"head":""}"#, #"{"after":0,"entries":["AA"],"head":""}"#,
        #"{"after":0,"entries":["!"],"head":""}"#, #"{"after":0,"entries":[null],"head":""}"#,
        #"{"after":0,"entries":[],"head":1}"#, #"{"after":0,"entries":[]}"#,
    ])
    func whatIsNoPageIsMalformed(text: String) {
        #expect(throws: RevocationError.malformed) { try RevocationPage(decoding: Array(text.utf8)) }
    }

    @Test func aPageOverItsLimitIsNotRead() throws {
        let page = RevocationPage(after: 0, entries: [], signedHead: "")
        let spaces = [UInt8](repeating: UInt8(ascii: " "), count: RevocationPage.maximumEncodedCount)
        #expect(throws: RevocationError.malformed) { try RevocationPage(decoding: page.encoded + spaces) }
        let fitting = page.encoded + spaces.dropLast(page.encoded.count)
        #expect(try RevocationPage(decoding: fitting) == page)
    }

    private static let zeroRoot = Base64URL.encode(Bytes32.zero.bytes, padded: false)
}
