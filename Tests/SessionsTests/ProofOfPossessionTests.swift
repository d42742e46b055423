import KeySchedule
import LibSodium
import PrivacyPass
import Sessions
import TestSupport
import Testing

/// What shows that a device holds its key, and what does not.
@Suite final class ProofOfPossessionTests {
    private let key = ExampleKey.private
    private let device: DeviceKey
    private let now = UnixTime(seconds: 1_800_000_000)
    private let credential = "a.b.c"

    init() throws { device = try Self.device(ExampleKey.seed) }

    private static func device(_ seed: borrowing SecretBytes) throws -> DeviceKey {
        let device = DeviceKey(seed: seed)
        return try #require(device)
    }

    private static let header =
        #"{"alg":"EdDSA","jwk":{"crv":"Ed25519","kty":"OKP","x":"\#(ExampleKey.x)"},"typ":"dpop+jwt"}"#
    // SHA-256 of `a.b.c`.
    private static let digest = Base64URL.encode(SHA256.hash(Array("a.b.c".utf8)).bytes, padded: false)
    private static let payload =
        #"{"ath":"\#(digest)","htm":"GET","htu":"https://radio.example/levels/1","iat":1800000000,"jti":"name"}"#

    private func signed(
        _ header: String = ProofOfPossessionTests.header, _ payload: String = ProofOfPossessionTests.payload
    ) -> String {
        let text = Base64URL.encode(Array(header.utf8), padded: false) + "."
            + Base64URL.encode(Array(payload.utf8), padded: false)
        return text + "." + Base64URL.encode(key.signature(for: Array(text.utf8)).bytes, padded: false)
    }

    private func refusal(of text: String) -> ProofOfPossession.Failure? {
        do {
            _ = try ProofOfPossession(verifying: text)
            return nil
        } catch {
            return error
        }
    }

    private func isFor(
        _ proof: ProofOfPossession, _ method: String = "GET", path: String = "/levels/1",
        servers: [String] = ["radio.example"], credential: String = "a.b.c"
    ) -> Bool {
        proof.isFor(method: method, path: path, servers: servers, credential: credential)
    }

    /// A proof for a URI.
    private func proof(_ uri: String = "https://radio.example/levels/1") throws -> ProofOfPossession {
        try ProofOfPossession(verifying: device.proof(method: "GET", uri: uri, credential: credential, at: now))
    }

    @Test func theProofOfADeviceNamesItsKeyItsTimeAndItsRequest() throws {
        let proof = try proof()
        #expect(proof.time == now && isFor(proof))
        #expect(proof.keyThumbprint == device.thumbprint)
        // RFC 8037, appendix A.3, by RFC 7638.
        #expect(Base64URL.encode(device.thumbprint.bytes, padded: false) == ExampleKey.thumbprint)
        let other = try ProofOfPossession(verifying: signed())
        #expect(other.keyThumbprint == device.thumbprint && isFor(other))
        #expect(other.id == SHA256.hash(Array("name".utf8)))
    }

    @Test func everyProofHasANameOfItsOwn() throws {
        let ids = try (0..<100).map { _ in try proof().id }
        #expect(Set(ids).count == 100)
    }

    @Test func aProofCountsForOneMethodPathServerAndCredentialAlone() throws {
        let proof = try proof()
        for method in ["POST", "get", "HEAD", "", "GET "] { #expect(!isFor(proof, method), "\(method)") }
        for path in [
            "/levels/2", "/levels/1/", "/levels/", "/", "", "/levels/1/2", "/LEVELS/1", "/levels/%31", "//levels/1",
        ] {
            #expect(!isFor(proof, path: path), "\(path)")
        }
        for servers in [
            [], ["other.example"], ["radio.example:80"], ["radio.example:8443"], [""], ["adio.example"],
            ["radio.example.evil.example"], ["radio.example/levels"],
        ] { #expect(!isFor(proof, servers: servers), "\(servers)") }
        // Case and the implied port do not count (RFC 9449, section 4.3).
        for name in ["radio.example", "radio.example:443", "RADIO.Example"] {
            #expect(isFor(proof, servers: ["other.example", name]))
        }
        for other in ["a.b.d", "", "a.b.c ", "A.B.C"] { #expect(!isFor(proof, credential: other), "\(other)") }
    }

    @Test func queriesAndFragmentsAreNotCompared() throws {
        for uri in ["", "?a=1", "#b", "?", "?a=1#b"] {
            let proof = try proof("https://radio.example/levels/1" + uri)
            for more in ["", "?c=2", "#d", "?"] { #expect(isFor(proof, path: "/levels/1" + more), "\(uri) \(more)") }
        }
        #expect(try !isFor(proof("https://radio.example?/levels/1")))
    }

    @Test func withoutTLSAProofCountsOnlyAtTheMachineItself() throws {
        for server in ["[::1]:8080", "[::1]", "localhost:1", "localhost", "127.0.0.1:80", "127.0.0.1"] {
            #expect(try isFor(proof("http://\(server)/levels/1"), servers: [server]), "\(server)")
            #expect(try isFor(proof("https://\(server)/levels/1"), servers: [server]), "\(server)")
        }
        for server in [
            "radio.example", "localhost.evil.example", "127.0.0.1.evil.example", "127.0.0.1.evil.example:80",
            "localhost.evil.example:1", "evil.example", "127.0.0.11", "127.0.0.2", "[::2]:8080", "[::11]", "[", "[]",
            "", ":80", "::1", "0.0.0.0",
        ] {
            #expect(try !isFor(proof("http://\(server)/levels/1"), servers: [server]), "\(server)")
        }
        for uri in ["ftp://localhost/levels/1", "//localhost/levels/1", "/levels/1", "localhost/levels/1"] {
            #expect(try !isFor(proof(uri), servers: ["localhost"]), "\(uri)")
        }
    }

    @Test(arguments: [
        ("EdDSA", "none"), ("EdDSA", "HS256"), ("EdDSA", "ES256"), ("EdDSA", "eddsa"), (#""alg":"EdDSA","#, ""),
        (#""x":"#, #""d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"#), (#""x":"#, #""d":"","x":"#),
        (#""x":"#, #""d":7,"x":"#), (#"{"alg""#, #"{"crit":["b64"],"alg""#), (#"{"alg""#, #"{"crit":[],"alg""#),
        ("OKP", "EC"), ("Ed25519", "X25519"), ("Ed25519", "P-256"), (#""kty":"OKP","#, ""), (#""crv":"Ed25519","#, ""),
        ("URo\"", "UR\""), ("URo\"", "URoAA\""), (#""x":"11q"#, #""y":"11q"#),
        ("dpop+jwt", "JWT"), ("dpop+jwt", "DPoP+JWT"), ("dpop+jwt", "portes-session+jwt"), (#","typ":"dpop+jwt""#, ""),
        (#"{"crv""#, #"[{"crv""#), ("}", ""), ("\"alg\"", "alg"),
    ])
    func aHeaderThatIsNotOfThisKindIsRefusedThoughItIsSigned(part: String, other: String) {
        #expect(refusal(of: signed()) == nil)
        let changed = Self.header.replacing(part, with: other)
        #expect(changed != Self.header)
        #expect(refusal(of: signed(changed)) == .malformed, "\(changed)")
    }

    @Test(arguments: [
        (#""ath":"DIGEST","#, ""), ("DIGEST", ""), ("DIGEST", "AAAA"), ("DIGEST", "DIGESTAAAA"), ("\"DIGEST\"", "null"),
        (#""htm":"GET","#, ""), ("\"GET\"", "7"), ("\"GET\"", "null"),
        (#""htu":"https://radio.example/levels/1","#, ""), ("htu", "HTU"), (#""iat":1800000000,"#, ""),
        ("1800000000", "\"1800000000\""), ("1800000000", "null"), ("1800000000", "NaN"), ("1800000000", "Infinity"),
        ("1800000000", "1e400"), ("1800000000", "-1e400"), ("1800000000", "1e308"), ("1800000000", "-1e308"),
        ("1800000000", "1e19"), ("1800000000", "9223372036854775807"), ("1800000000", "-9223372036854777856"),
        ("1800000000", "[1800000000]"), (#","jti":"name""#, ""), ("name", ""), ("\"name\"", "7"), ("}", ""),
    ])
    func aPayloadThatIsNotOfThisKindIsRefusedThoughItIsSigned(part: String, other: String) {
        let changed = Self.payload.replacing(
            part.replacing("DIGEST", with: Self.digest), with: other.replacing("DIGEST", with: Self.digest))
        #expect(changed != Self.payload)
        #expect(refusal(of: signed(Self.header, changed)) == .malformed, "\(changed)")
    }

    @Test(arguments: [
        ("1800000000.9", 1_800_000_000), ("-5", -5), ("-0.5", -1), ("0", 0), ("1e300", nil),
        ("4e18", 4_000_000_000_000_000_000), ("-9223372036854775808", Int64.min), ("1e-300", 0),
    ] as [(String, Int64?)])
    func aTimeFarOffIsReadOrRefusedAndNeverTraps(text: String, seconds: Int64?) {
        let payload = Self.payload.replacing("1800000000", with: text)
        let proof = try? ProofOfPossession(verifying: signed(Self.header, payload))
        #expect(proof?.time.seconds == seconds)
    }

    @Test func aNameHasOneTo256Bytes() {
        for (count, failure) in [(1, nil), (256, nil), (257, .malformed)] as [(Int, ProofOfPossession.Failure?)] {
            let name = String(repeating: "n", count: count)
            #expect(refusal(of: signed(Self.header, Self.payload.replacing("name", with: name))) == failure, "\(count)")
        }
    }

    @Test func onlyThreePartsWithoutPaddingAndNotTooLongAreRead() {
        let text = signed()
        for other in [
            text + "=", text + "==", text + ".", "." + text, text + ".A", " " + text, text + "\n", "", "..",
            text + text,
        ] {
            #expect(refusal(of: other) == .malformed, "\(other)")
        }
        let over = String(repeating: "A", count: ProofOfPossession.maximumCount)
        let dots = String(repeating: ".", count: over.utf8.count + 1)
        // It would be good but for its length.
        let long = Self.payload + String(repeating: " ", count: ProofOfPossession.maximumCount)
        for other in [over, over + "A", dots, signed(Self.header, long), text + over] {
            #expect(refusal(of: other) == .malformed)
        }
        #expect(refusal(of: signed(Self.header, Self.payload + String(repeating: " ", count: 900))) == nil)
    }

    @Test func whatIsNestedDeeplyIsRefused() {
        for deep in [String(repeating: "[", count: 700), String(repeating: #"{"a":"#, count: 140)] {
            #expect(refusal(of: signed(deep, "{}")) == .malformed)
            #expect(refusal(of: signed(Self.header, deep)) == .malformed)
            #expect(refusal(of: signed(Self.header, Self.payload.replacing("\"name\"", with: deep))) == .malformed)
        }
    }

    @Test func theKeyOfAnotherDoesNotMakeAProof() {
        let other = Ed25519.PrivateKey()
        let x = Base64URL.encode(other.publicKey.encoded.bytes, padded: false)
        #expect(refusal(of: signed(Self.header.replacing(ExampleKey.x, with: x))) == .invalidSignature)
        // A key of small order, under which anything could be signed.
        let zero = Base64URL.encode(Bytes32.zero.bytes, padded: false)
        #expect(refusal(of: signed(Self.header.replacing(ExampleKey.x, with: zero))) == .invalidSignature)
    }

    @Test func everyFlippedBitAndEveryTruncationIsRefused() {
        for kind in Damage.Kind.allCases {
            for (bytes, what) in Damage.copies(of: Array(signed().utf8), kind) {
                #expect(refusal(of: String(decoding: bytes, as: UTF8.self)) != nil, "\(what)")
            }
        }
    }

    @Test func whatReadersReadDifferentlyIsNoProof() throws {
        // As it is written, and in another order: each is read, in its own way.
        #expect(refusal(of: signed()) == nil)
        let other = Self.payload.replacing(#""jti":"name""#, with: #""jti" : "name""#)
        #expect(refusal(of: signed(Self.header, other)) == nil)
        for member in [#""htu":"https://evil.example/","#, #""iat":1,"#, #""ath":"","#] {
            #expect(refusal(of: signed(Self.header, "{" + member + Self.payload.dropFirst())) == .malformed, "\(member)")
        }
        let twice = "{" + #""alg":"none","# + Self.header.dropFirst()
        #expect(refusal(of: signed(twice)) == .malformed)
        #expect(refusal(of: signed(Self.header, "\u{feff}" + other)) == .malformed)
    }

    @Test func randomTextIsNoProof() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var generator = SplitMix(seed: seed)
        let good = signed().split(separator: ".").map(String.init)
        for round in 0..<5_000 {
            let parts = (0..<3).map { index in
                if generator.next() % 3 == 0 { return good[index] }
                let bytes = (0..<Int(generator.next() % 100)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
                return generator.next() % 4 == 0
                    ? String(decoding: bytes, as: UTF8.self) : Base64URL.encode(bytes, padded: false)
            }
            guard parts != good else { continue }
            #expect(refusal(of: parts.joined(separator: ".")) != nil, "seed \(seed), round \(round)")
        }
    }

    @Test func aDevicesKeyHasASeedOf32BytesAndIsNotDescribed() throws {
        for count in [0, 31, 33, 64] { #expect(DeviceKey(seed: SecretBytes(randomCount: count)) == nil, "\(count)") }
        let described = "\(device) " + String(reflecting: device)
        #expect(!described.contains(ExampleKey.x) && !described.contains(ExampleKey.thumbprint))
        let other = try Self.device(SecretBytes(randomCount: 32))
        #expect(other.thumbprint != device.thumbprint)
    }
}
