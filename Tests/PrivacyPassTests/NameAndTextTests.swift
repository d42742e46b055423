import PrivacyPass
import Testing

@Suite struct NameAndTextTests {
    @Test(arguments: [
        "a", "issuer.example", "Issuer.Example", "localhost:8080", "127.0.0.1:1", "[::1]", "[2001:db8::1]:443",
        "xn--bcher-kva.example", "a_b.example:65535",
    ])
    func hostsWithAnOptionalPortAreNames(text: String) throws {
        #expect(try ServerName(text).text == text)
    }

    @Test(arguments: [
        "", " ", "a b", "a,b", "user@host", "host:", "host:0", "host:01", "host:65536", "host:-1", "host:1x", ":443",
        "[]", "[:", "[::1", "[::1]x", "[::g]", "http://a", "a/b", "bücher.example", "a\u{0}b", "host:123456",
    ])
    func anythingElseIsNoName(text: String) {
        #expect(throws: MessageError.invalidName) { try ServerName(text) }
    }

    @Test func namesAreOneServerWhateverTheirCase() throws {
        #expect(try ServerName("Origin.Example").isSameServer(as: ServerName("origin.example")))
        #expect(try !ServerName("origin.example").isSameServer(as: ServerName("origin.example:443")))
        #expect(try ServerName("Origin.Example") != ServerName("origin.example"))
    }

    @Test func aChallengeAllowsTheOriginsItNamesOrAny() throws {
        let origin = try ServerName("origin.example")
        func challenge(_ names: [ServerName]) throws -> TokenChallenge {
            try TokenChallenge(tokenType: .voprfRistretto255, issuerName: ServerName("i"), originNames: names)
        }
        #expect(try challenge([]).allows(origin: origin))
        #expect(try challenge([ServerName("a"), ServerName("ORIGIN.example")]).allows(origin: origin))
        #expect(try !challenge([ServerName("a")]).allows(origin: origin))
        #expect(try challenge([]).digest != challenge([origin]).digest)
        #expect(try challenge([origin]).digest != challenge([ServerName("Origin.example")]).digest)
    }

    @Test func originInfoOfOnlyACommaIsRefused() throws {
        let bytes: [UInt8] = [0, 5, 0, 1, UInt8(ascii: "i"), 0, 0, 1, UInt8(ascii: ",")]
        #expect(throws: MessageError.invalidName) { try TokenChallenge(decoding: bytes) }
    }

    @Test(arguments: [1, 16, 31, 33, 255] as [UInt8])
    func aRedemptionContextHasNoneOr32Bytes(count: UInt8) {
        let bytes: [UInt8] = [0, 5, 0, 1, UInt8(ascii: "i"), count] + [UInt8](repeating: 1, count: Int(count)) + [0, 0]
        #expect(throws: MessageError.invalidLength) { try TokenChallenge(decoding: bytes) }
    }

    @Test func base64IsStrictAboutEverythingButPadding() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 250) }
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
            #expect(Base64URL.decode(Base64URL.encode(bytes, padded: false)) == bytes)
        }
        #expect(Base64URL.encode([0xfb, 0xff]) == "-_8=")
        for bad in ["A", "AB=", "AAA==", "A===", "=", "====", "AA==AA==", "AB==", "+/8=", "AA A", "AAA\n", "ÄA=="] {
            #expect(Base64URL.decode(bad) == nil, "\(bad)")
        }
    }

    @Test func hexadecimalTakesPairsOfDigits() {
        #expect(Hexadecimal.decode(Hexadecimal.encode([0, 0x9f, 0xff])) == [0, 0x9f, 0xff])
        #expect(Hexadecimal.decode("aBCd") == [0xab, 0xcd])
        for bad in ["a", "0x", "g0", " 0"] { #expect(Hexadecimal.decode(bad) == nil) }
    }

    @Test func capabilitiesAreShortLowerCaseNames() {
        for good in ["session", "age-18", "a", "7", String(repeating: "x", count: 63)] {
            #expect(Capability(good) != nil)
        }
        for bad in ["", "-a", "a-", "A", "a b", "ä", "a.b", String(repeating: "x", count: 64)] {
            #expect(Capability(bad) == nil, "\(bad)")
        }
    }
}
