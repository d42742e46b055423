import PrivacyPass
import Testing

@Suite struct IssuerDirectoryTests {
    private let directory = IssuerDirectory(
        issuerRequestURI: "/token-request",
        tokenKeys: [
            .init(
                tokenType: .voprfRistretto255, tokenKey: [UInt8](repeating: 1, count: 32), notBefore: 2_000,
                capability: Capability("play")),
            .init(
                tokenType: .voprfRistretto255, tokenKey: [UInt8](repeating: 2, count: 32), notBefore: 1_000,
                capability: Capability("play")),
            .init(tokenType: TokenType(rawValue: 2), tokenKey: [9], capability: Capability("session")),
        ])

    @Test func aDirectorySurvivesItsEncodingAndAlwaysHasTheSameBytes() throws {
        #expect(try IssuerDirectory(decoding: directory.encoded) == directory)
        #expect(directory.encoded == directory.encoded)
        let text = String(decoding: directory.encoded, as: UTF8.self)
        #expect(text.contains(#""issuer-request-uri":"/token-request""#))
        #expect(text.contains(#""token-type":5"#))
        #expect(text.contains(#""not-before":2000"#))
    }

    @Test func theIssuersNameStandsInFront() throws {
        let name = try ServerName("issuer.example:8443")
        let named = IssuerDirectory(issuerRequestURI: "/x", tokenKeys: [], issuerName: name)
        let text = #"{"issuer-name":"issuer.example:8443","issuer-request-uri":"/x","token-keys":[]}"#
        #expect(named.encoded == Array(text.utf8))
        #expect(try IssuerDirectory(decoding: named.encoded).issuerName == name)
        #expect(try IssuerDirectory(decoding: directory.encoded).issuerName == nil)
    }

    @Test func theExampleOfRFC9578IsRead() throws {
        let text = """
            { "issuer-request-uri": "https://issuer.example.net/request", "token-keys": [
              { "token-type": 2, "token-key": "MI==", "not-before": 1686913811, "extra": {} },
              { "token-type": 2, "token-key": "MA" } ], "unknown": 1 }
            """
        let read = try? IssuerDirectory(decoding: Array(text.replacing("MI==", with: "MA==").utf8))
        #expect(read?.tokenKeys.count == 2)
        #expect(read?.tokenKeys.first?.notBefore == 1_686_913_811)
        #expect(throws: IssuerDirectory.DirectoryError.malformed) { try IssuerDirectory(decoding: Array(text.utf8)) }
    }

    @Test(arguments: [Int64.min, -1, 0, 1, .max]) func aKeyThatBeginsBefore1970IsRefused(notBefore: Int64) {
        let key = #"{"token-type":5,"token-key":"AA==","not-before":\#(notBefore)}"#
        let text = #"{"issuer-request-uri":"/x","token-keys":[\#(key)]}"#
        let read = try? IssuerDirectory(decoding: Array(text.utf8))
        #expect(read?.tokenKeys.first?.notBefore == (notBefore < 0 ? nil : notBefore))
        #expect((read == nil) == (notBefore < 0))
    }

    @Test func theFirstKeyThatHasBegunIsTheCurrentOne() {
        let play = Capability("play")
        #expect(directory.currentKey(for: play, at: 999) == nil)
        #expect(directory.currentKey(for: play, at: 1_000)?.tokenKey.first == 2)
        #expect(directory.currentKey(for: play, at: 2_000)?.tokenKey.first == 1)
        #expect(directory.currentKey(for: play, tokenType: .blindRSA2048, at: 2_000) == nil)
        #expect(directory.currentKey(for: Capability("session"), at: 2_000)?.tokenType == .blindRSA2048)
        #expect(directory.currentKey(for: Capability("session"), tokenType: .voprfRistretto255, at: 2_000) == nil)
    }

    @Test func aKeyOfATypeThatIsNotKnownIsNeverTheCurrentOne() {
        let keys = [0x0000, 0x0003, 0xDA7A].map { IssuerDirectory.Key(tokenType: TokenType(rawValue: $0), tokenKey: [1]) }
        #expect(IssuerDirectory(issuerRequestURI: "/x", tokenKeys: keys).currentKey(for: nil, at: 0) == nil)
    }

    @Test func whatIsTooLargeOrNotADirectoryIsRefused() {
        let large = [UInt8](repeating: 0x20, count: IssuerDirectory.maximumEncodedCount + 1)
        #expect(throws: IssuerDirectory.DirectoryError.tooLarge) { try IssuerDirectory(decoding: large) }
        for bad in [
            "", "{}", "[]", #"{"issuer-name":"a/b","issuer-request-uri":"/x","token-keys":[]}"#,
            #"{"issuer-request-uri":"/x","token-keys":[{"token-type":65536,"token-key":""}]}"#,
            #"{"issuer-request-uri":"/x","token-keys":[{"token-type":5,"token-key":"AA==","capability":"Not OK"}]}"#,
        ] {
            #expect(throws: IssuerDirectory.DirectoryError.malformed) { try IssuerDirectory(decoding: Array(bad.utf8)) }
        }
    }
}
