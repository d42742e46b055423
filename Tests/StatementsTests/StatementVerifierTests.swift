import Accounts
import Attestation
import Crypto
import Foundation
import KeySchedule
import LibSodium
import PrivacyPass
import Synchronization
import Testing

@testable import Statements

struct StatementVerifierTests {
    private let sample: StatementSample

    init() throws { sample = try StatementSample() }

    @Test func aStatementIsWorthItsTokensAndNothingElseOfItIsKept() async throws {
        let claims = sample.claims(["sub": #""somebody""#, "birthdate": #""2000-01-01""#, "iat": "1799999999"])
        let credit = try await sample.verify(sample.token(claims: claims)).get()
        #expect(credit.capability.name == "age-18" && credit.tokens == 10)
        #expect(credit.expires.seconds == 1_800_003_600 && credit.notBefore == nil)
        #expect(credit.id == KeyedBLAKE2b.hash(Array("age.example\none".utf8)))
    }

    @Test func anAudienceMayStandInAListByItself() async {
        let one = sample.token(claims: sample.claims(["aud": #"["issuer.example"]"#]))
        #expect(await sample.verify(one).isGood)
        let two = sample.token(claims: sample.claims(["aud": #"["issuer.example","other.example"]"#]))
        #expect(await sample.verify(two).failure == .wrongAudience)
    }

    @Test(arguments: [
        ("iss", #""other.example""#, .unknownIssuer), ("iss", nil, .invalidClaim), ("iss", "1", .invalidClaim),
        ("aud", #""other.example""#, .wrongAudience), ("aud", nil, .invalidClaim), ("exp", nil, .invalidClaim),
        ("exp", #""1800003600""#, .invalidClaim), ("exp", "1799999940", .expired), ("exp", "-1", .invalidClaim),
        ("exp", "1e300", .invalidClaim), ("exp", "1802678461", .livesTooLong), ("nbf", "1800000061", .notYetValid),
        ("nbf", #""now""#, .invalidClaim), ("jti", nil, .invalidClaim), ("jti", #""""#, .invalidClaim),
        ("jti", "1", .invalidClaim), ("capability", #""session""#, .capabilityRefused),
        ("capability", #""Not One""#, .invalidClaim), ("capability", nil, .invalidClaim), ("tokens", "11", .tooManyTokens),
        ("tokens", "0", .invalidClaim), ("tokens", "-1", .invalidClaim), ("tokens", "1.5", .invalidClaim),
        ("tokens", #""10""#, .invalidClaim), ("tokens", nil, .invalidClaim), ("cnf", nil, .invalidClaim),
        ("cnf", #"{"portes-account":"AA"}"#, .invalidClaim), ("cnf", #"{"jkt":"AA"}"#, .invalidClaim),
    ] as [(String, String?, StatementError)])
    func aClaimThatCannotBeIsRefused(name: String, value: String?, error: StatementError) async {
        let token = sample.token(claims: sample.claims([name: value]))
        #expect(await sample.verify(token).failure == error)
    }

    @Test func clocksMayBeOffByAMinute() async {
        for (name, value) in [("exp", "1799999941"), ("nbf", "1800000060"), ("exp", "1802678460")] {
            #expect(await sample.verify(sample.token(claims: sample.claims([name: value]))).isGood, "\(name) \(value)")
        }
    }

    @Test func aStatementIsForTheAccountAndTheSaltThatItIsBoundToAlone() async {
        let token = sample.token()
        #expect(await sample.verify(token, account: Ed25519.PrivateKey().publicKey).failure == .wrongAccount)
        #expect(await sample.verify(token, salt: Randomness.bytes(32)).failure == .wrongAccount)
        #expect(await sample.verify(token, salt: [1, 2, 3]).failure == .wrongAccount)
        #expect(await sample.verify(token).isGood)
    }

    @Test(arguments: [
        (#"{"alg":"none"}"#, .algorithmRefused), (#"{"alg":"None","kid":"one"}"#, .algorithmRefused),
        (#"{"alg":"HS256","kid":"one"}"#, .algorithmRefused), (#"{"alg":"RS256","kid":"one"}"#, .algorithmRefused),
        (#"{"alg":"ES256","kid":"one"}"#, .algorithmRefused), (#"{"alg":"eddsa","kid":"one"}"#, .algorithmRefused),
        (#"{"alg":1,"kid":"one"}"#, .algorithmRefused), (#"{"kid":"one"}"#, .algorithmRefused),
        (#"{"alg":"EdDSA","kid":"two"}"#, .unknownKey), (#"{"alg":"EdDSA","kid":7}"#, .headerRefused),
        (#"{"alg":"EdDSA","kid":"one","crit":["exp"]}"#, .headerRefused),
        (#"{"alg":"EdDSA","jwk":{"kty":"OKP"}}"#, .headerRefused),
        (#"{"alg":"EdDSA","jku":"https://evil.example"}"#, .headerRefused),
        (#"{"alg":"EdDSA","x5c":["AA"]}"#, .headerRefused), (#"{"alg":"EdDSA","b64":false}"#, .headerRefused),
        (#"{"alg":"EdDSA","zip":"DEF"}"#, .headerRefused), (#"{"alg":"EdDSA","typ":"dpop+jwt"}"#, .headerRefused),
        (#"{"alg":"EdDSA","kid":"one","cty":"JWT"}"#, .nested), (#"{"alg":"none","alg":"EdDSA"}"#, .duplicateMember),
        (#"{"alg":"EdDSA","kid":"one","\u006bid":"one"}"#, .duplicateMember), (#"["EdDSA"]"#, .malformed),
        (#"{"alg":"EdDSA"} "x""#, .malformed),
    ] as [(String, StatementError)])
    func aHeaderThatCouldMisleadIsRefusedByName(header: String, error: StatementError) async {
        #expect(await sample.verify(sample.token(header: header)).failure == error)
    }

    @Test func aKeyMayBeLeftUnnamedWhereThereIsOne() async {
        #expect(await sample.verify(sample.token(header: #"{"alg":"EdDSA"}"#)).isGood)
        sample.publish([
            StatementSample.jwk(sample.party.publicKey, id: "one"),
            StatementSample.jwk(Ed25519.PrivateKey().publicKey, id: "two"),
        ])
        #expect(await sample.verify(sample.token(header: #"{"alg":"EdDSA"}"#)).failure == .unknownKey)
    }

    @Test func everyFlippedBitIsRefused() async {
        let verifier = sample.verifier()
        let bytes = sample.token().split(separator: ".").compactMap { Base64URL.decode($0) }
        for part in bytes.indices {
            for bit in stride(from: 0, to: bytes[part].count * 8, by: 3) {
                var changed = bytes
                changed[part][bit / 8] ^= 1 << UInt8(bit % 8)
                let text = changed.map { Base64URL.encode($0, padded: false) }.joined(separator: ".")
                #expect(await !sample.verify(text, by: verifier).isGood, "bit \(bit) of part \(part)")
            }
        }
    }

    @Test func whatIsTooLongNestedEncryptedOrTwiceThereIsRefusedByName() async {
        let filler = String(repeating: "x", count: 8_192)
        let long = sample.token(claims: sample.claims(["x": #""\#(filler)""#]))
        #expect(await sample.verify(long).failure == .tooLarge)
        let nested = sample.token(claims: sample.token())
        #expect(await sample.verify(nested).failure == .nested)
        #expect(await sample.verify(sample.token() + ".AA.AA").failure == .nested)
        let twice = sample.token(claims: sample.claims().dropLast() + #","tokens":1}"#)
        #expect(await sample.verify(twice).failure == .duplicateMember)
        let deepTwice = sample.token(claims: sample.claims(["x": #"[{"a":1,"a":2}]"#]))
        #expect(await sample.verify(deepTwice).failure == .duplicateMember)
        let padded = sample.token() + "=="
        for text in ["", "a.b", "..", padded, sample.token() + "."] {
            #expect(await [.malformed, .nested].contains(sample.verify(text).failure), "\(text)")
        }
    }

    @Test func aKeyIsGoodForItsOwnAlgorithmAlone() async {
        // A set that calls an Ed25519 key one of HMAC or of RSA offers nothing.
        for algorithm in ["HS256", "RS256", "ES256"] {
            let x = Base64URL.encode(sample.party.publicKey.encoded.bytes, padded: false)
            sample.publish([#"{"kty":"OKP","crv":"Ed25519","alg":"\#(algorithm)","kid":"one","x":"\#(x)"}"#])
            let verifier = sample.verifier(algorithms: Set(StatementAlgorithm.allCases))
            #expect(await !sample.verify(sample.token(), by: verifier).isGood)
            let header = #"{"alg":"\#(algorithm)","kid":"one"}"#
            #expect(await !sample.verify(sample.token(header: header), by: verifier).isGood)
        }
    }

    @Test func keysOfOtherKindsAndUsesArePassedOver() async {
        let good = StatementSample.jwk(sample.party.publicKey, id: "one")
        sample.publish([
            #"{"kty":"oct","k":"AAAA","kid":"one"}"#, #"{"kty":"quantum"}"#,
            good.dropLast() + #","use":"enc"}"#, good,
        ])
        #expect(await sample.verify(sample.token()).isGood)
    }

    @Test func aNewKeyIsReadWhenItIsFirstNamedAndAnOldOneIsForgotten() async {
        let verifier = sample.verifier()
        #expect(await sample.verify(sample.token(), by: verifier).isGood)
        let next = try! StatementSample()
        sample.publish([StatementSample.jwk(next.party.publicKey, id: "two")])
        let signed = StatementSample.part(#"{"alg":"EdDSA","kid":"two"}"#) + "." + StatementSample.part(sample.claims())
        let signature = next.party.signature(for: Array(signed.utf8)).bytes
        let token = signed + "." + Base64URL.encode(signature, padded: false)
        // Not at once: made-up names would have the set read with every request.
        #expect(await sample.verify(token, by: verifier).failure == .unknownKey)
        let reads = sample.published.withLock { $0.reads }
        #expect(await sample.verify(token, by: verifier, at: StatementSample.now.adding(10)).isGood)
        #expect(sample.published.withLock { $0.reads } == reads + 1)
        let old = await sample.verify(sample.token(), by: verifier, at: StatementSample.now.adding(30))
        #expect(old.failure == .unknownKey)
    }

    @Test func aThousandUnknownKeysAreAskedForOnce() async {
        let verifier = sample.verifier()
        for number in 0..<1_000 {
            let token = sample.token(header: #"{"alg":"EdDSA","kid":"\#(number)"}"#)
            #expect(await sample.verify(token, by: verifier).failure == .unknownKey)
        }
        #expect(sample.published.withLock { $0.reads } == 1)
    }

    @Test func keysThatWereReadCountForADayWhileTheSetCannotBeRead() async {
        let verifier = sample.verifier()
        let token = sample.token(claims: sample.claims(["exp": "1800200000"]))
        #expect(await sample.verify(token, by: verifier).isGood)
        sample.publish(nil)
        #expect(await sample.verify(token, by: verifier, at: StatementSample.now.adding(86_000)).isGood)
        let late = await sample.verify(token, by: verifier, at: StatementSample.now.adding(86_500))
        #expect(late.failure == .keysUnavailable)
        #expect(await sample.verify(token).failure == .keysUnavailable)
    }

    @Test func statementsOfECDSAAreTaken() async throws {
        let key = P256.Signing.PrivateKey()
        let point = key.publicKey.rawRepresentation
        let (x, y) = (Base64URL.encode(point.prefix(32), padded: false), Base64URL.encode(point.suffix(32), padded: false))
        sample.publish([#"{"kty":"EC","crv":"P-256","kid":"one","x":"\#(x)","y":"\#(y)"}"#])
        let signed = StatementSample.part(#"{"alg":"ES256","kid":"one"}"#) + "." + StatementSample.part(sample.claims())
        let signature = try key.signature(for: Array(signed.utf8)).rawRepresentation
        let token = signed + "." + Base64URL.encode(signature, padded: false)
        #expect(await sample.verify(token).isGood)
        #expect(await sample.verify(token, by: sample.verifier(algorithms: [.edDSA])).failure == .algorithmRefused)
    }
}

extension Result where Failure == StatementError {
    var failure: StatementError? { if case .failure(let error) = self { error } else { nil } }
    var isGood: Bool { failure == nil }
}
