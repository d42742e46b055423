import KeySchedule
import LibSodium
import PortesVerifier
import PrivacyPass
import Revocation
import Testing
import VerifierSupport
import VOPRF

@Suite struct VerifierTests {
    private let time = ManualTime()
    private let mint: Mint
    private let challenge: TokenChallenge

    init() throws {
        mint = try Mint()
        challenge = try Sample.challenge()
    }

    @Test func aTokenOfAKnownKeyForTheChallengeIsVerified() throws {
        let token = try mint.token(for: challenge)
        let verified = try time.verifier(mint).verify(token, for: challenge, at: time.now())
        #expect(verified.nullifier == Nullifier(of: token.input))
        #expect(verified.keyID == mint.record.id)
        #expect(verified.capability == Capability("session"))
        #expect(verified.acceptUntil == mint.record.acceptUntil)
    }

    @Test func aTokenThatAClientFinalizedIsVerified() throws {
        let privateKey = try ServerPrivateKey()
        let record = try KeyRecord(
            capability: mint.record.capability, tokenType: .voprfRistretto255,
            publicKey: privateKey.publicKey.encoded.bytes, notBefore: mint.record.notBefore,
            issueUntil: mint.record.issueUntil, acceptUntil: mint.record.acceptUntil)
        let input = AuthenticatorInput(
            tokenType: .voprfRistretto255, nonce: .random(), challengeDigest: challenge.digest, keyID: record.id)
        let blinding = try Blinding([input.encoded])
        let evaluation = try privateKey.blindEvaluate(blinding.blindedElements)
        let outputs = try blinding.finalize(evaluation, publicKey: privateKey.publicKey)
        let token = try Token(input: input, authenticator: #require(outputs.first).bytes)
        let key = try VerificationKey(record: record, secret: privateKey.encoded())
        let verifier = try Verifier(keys: [key], revocations: RevocationList(), freshness: time.fresh())
        #expect(throws: Never.self) { try verifier.verify(token, for: challenge, at: time.now()) }
    }

    @Test func keysWithTheFirstAndTheLastDatesThereAreAreJudgedWithoutOverflow() throws {
        let eternal = try Mint(notBefore: .min, issueUntil: .max, acceptUntil: .max)
        let past = try Mint(notBefore: .min, issueUntil: .min, acceptUntil: .min)
        let future = try Mint(notBefore: .max, issueUntil: .max, acceptUntil: .max)
        for clock in [time, ManualTime(seconds: -10)] {
            let verifier = try clock.verifier(eternal, past, future)
            let verified = try verifier.verify(eternal.token(for: challenge), for: challenge, at: clock.now())
            #expect(verified.deadline > clock.now().monotonic + .seconds(1_000_000_000))
            for replays in [false, true] {
                #expect(throws: VerificationFailure.keyNoLongerAccepted) {
                    try verifier.verify(
                        past.token(for: challenge), for: challenge, at: clock.now(), answeringReplays: replays)
                }
            }
            #expect(throws: VerificationFailure.keyNotYetAccepted) {
                try verifier.verify(future.token(for: challenge), for: challenge, at: clock.now())
            }
        }
    }

    @Test func everyFlippedBitIsRefused() throws {
        let verifier = try time.verifier(mint)
        let bytes = try mint.token(for: challenge).encoded
        let accepted = AcceptedChallenges(challenge)
        for bit in 0..<bytes.count * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            let expected: VerificationFailure =
                switch bit / 8 {
                // One bit away is type 0x0001, whose tokens are shorter.
                case 0..<2: bit == 10 ? .malformed : .wrongTokenType
                case 2..<34: .badAuthenticator
                case 34..<66: .wrongChallenge
                case 66..<98: .unknownKey
                default: .badAuthenticator
                }
            #expect(throws: expected) { try verifier.verify(decoding: changed, for: accepted, at: time.now()) }
        }
    }

    @Test func everyTruncationAndEveryTrailingByteIsMalformed() throws {
        let verifier = try time.verifier(mint)
        let bytes = try mint.token(for: challenge).encoded
        let accepted = AcceptedChallenges(challenge)
        for count in 0..<bytes.count {
            #expect(throws: VerificationFailure.malformed) {
                try verifier.verify(decoding: Array(bytes.prefix(count)), for: accepted, at: time.now())
            }
        }
        #expect(throws: VerificationFailure.malformed) {
            try verifier.verify(decoding: bytes + [0], for: accepted, at: time.now())
        }
    }

    @Test func aTokenForAnotherOriginIsRefused() throws {
        let token = try mint.token(for: Sample.challenge(origin: "elsewhere.example"))
        #expect(throws: VerificationFailure.wrongChallenge) {
            try time.verifier(mint).verify(token, for: challenge, at: time.now())
        }
    }

    @Test func aTokenOfAnotherKeyUnderAKnownIDIsRefused() throws {
        let other = try Mint().token(for: challenge)
        let input = AuthenticatorInput(
            tokenType: .voprfRistretto255, nonce: other.input.nonce, challengeDigest: challenge.digest,
            keyID: mint.record.id)
        let forged = try Token(input: input, authenticator: other.authenticator)
        #expect(throws: VerificationFailure.badAuthenticator) {
            try time.verifier(mint).verify(forged, for: challenge, at: time.now())
        }
    }

    @Test func aKeyIsAcceptedOnlyBetweenItsDates() throws {
        let token = try mint.token(for: challenge)
        let end = mint.record.acceptUntil.seconds
        // No key counts outside its window by more than this, nor is it issued under by as much.
        #expect(Verifier.leeway == 60 && KeyRecord.issuingLeeway <= 60)
        let early = ManualTime(seconds: Mint.start - Verifier.leeway - 1)
        #expect(throws: VerificationFailure.keyNotYetAccepted) {
            try early.verifier(mint).verify(token, for: challenge, at: early.now())
        }
        let last = ManualTime(seconds: end - 1)
        #expect(throws: Never.self) { try last.verifier(mint).verify(token, for: challenge, at: last.now()) }
        let late = ManualTime(seconds: end)
        #expect(throws: VerificationFailure.keyNoLongerAccepted) {
            try late.verifier(mint).verify(token, for: challenge, at: late.now())
        }
    }

    @Test func replaysAreLetThroughForADayAfterTheKeysEnd() throws {
        let token = try mint.token(for: challenge)
        let end = mint.record.acceptUntil.seconds
        let day = ManualTime(seconds: end + Verifier.replayTime - 1)
        #expect(throws: Never.self) {
            try day.verifier(mint).verify(token, for: challenge, at: day.now(), answeringReplays: true)
        }
        let over = ManualTime(seconds: end + Verifier.replayTime)
        #expect(throws: VerificationFailure.keyNoLongerAccepted) {
            try over.verifier(mint).verify(token, for: challenge, at: over.now(), answeringReplays: true)
        }
    }

    @Test func revokedKeysAndTokensAreRefused() throws {
        let (one, two) = (try mint.token(for: challenge), try mint.token(for: challenge))
        let byToken = try time.verifier(mint, revoking: [.token(Nullifier(of: one.input), mint.record.id)])
        #expect(throws: VerificationFailure.tokenRevoked) { try byToken.verify(one, for: challenge, at: time.now()) }
        #expect(throws: Never.self) { try byToken.verify(two, for: challenge, at: time.now()) }
        let byKey = try time.verifier(mint, revoking: [.key(mint.record.id)])
        #expect(throws: VerificationFailure.keyRevoked) { try byKey.verify(two, for: challenge, at: time.now()) }
    }

    @Test func aRevokedCapabilityIsRefusedFromItsDayOnWhateverTheKey() throws {
        let token = try mint.token(for: challenge)
        let capability = mint.record.capability
        let today = try time.verifier(mint, revoking: [.capability(capability)])
        #expect(throws: VerificationFailure.capabilityRevoked) {
            try today.verify(token, for: challenge, at: time.now())
        }
        var list = RevocationList()
        try list.append(
            RevocationEntry(
                sequence: 1, subject: .capability(capability), reason: .withdrawn,
                effective: time.now().wall.adding(seconds: 86_400)))
        let tomorrow = Verifier(keys: [mint.key], revocations: list, freshness: try time.fresh())
        let verified = try tomorrow.verify(token, for: challenge, at: time.now())
        #expect(tomorrow.refusal(of: verified, at: time.now()) == nil)
        // One that was verified the day before is refused when it is to be spent.
        let later = Moment(wall: time.now().wall.adding(seconds: 86_400), monotonic: time.now().monotonic)
        #expect(tomorrow.refusal(of: verified, at: later) == .capabilityRevoked)
        let other = try time.verifier(mint, revoking: [.capability(#require(Capability(capability.name + "-2")))])
        #expect(throws: Never.self) { try other.verify(token, for: challenge, at: time.now()) }
    }

    @Test func aVerifierWhoseTrustIsRevokedVerifiesNothingAndSaysWhy() throws {
        let token = try mint.token(for: challenge)
        let (id, other) = (VerifierID(Bytes32.zero), VerifierID(Randomness.bytes32()))
        func verifier(_ id: VerifierID?) throws -> Verifier {
            let listed = try time.verifier(mint, revoking: [.verifier(other)])
            return Verifier(
                keys: [mint.key], revocations: listed.revocations, freshness: listed.freshness, id: id)
        }
        for id in [nil, id] as [VerifierID?] {
            let verifier = try verifier(id)
            #expect(!verifier.isRevoked)
            #expect(throws: Never.self) { try verifier.verify(token, for: challenge, at: time.now()) }
        }
        let revoked = try verifier(other)
        #expect(revoked.isRevoked)
        #expect(throws: VerificationFailure.verifierRevoked) {
            try revoked.verify(token, for: challenge, at: time.now())
        }
        let verified = try verifier(id).verify(token, for: challenge, at: time.now())
        #expect(revoked.refusal(of: verified, at: time.now()) == .verifierRevoked)
    }

    @Test func aStaleListRefusesEverything() throws {
        let token = try mint.token(for: challenge)
        let verifier = try time.verifier(mint)
        time.advance(seconds: 3_600)
        #expect(throws: Never.self) { try verifier.verify(token, for: challenge, at: time.now()) }
        time.advance(seconds: 1)
        #expect(throws: VerificationFailure.revocationListStale) {
            try verifier.verify(token, for: challenge, at: time.now())
        }
        let never = Verifier(keys: [mint.key], revocations: RevocationList(), freshness: .never)
        #expect(throws: VerificationFailure.revocationListStale) {
            try never.verify(token, for: challenge, at: time.now())
        }
    }

    @Test func aCalendarThatJumpsMakesTheListStale() throws {
        let token = try mint.token(for: challenge)
        let verifier = try time.verifier(mint)
        time.move(wall: 120, monotonic: 1)
        #expect(throws: VerificationFailure.revocationListStale) {
            try verifier.verify(token, for: challenge, at: time.now())
        }
    }

    @Test func aCapabilityCanHaveALimitOfItsOwn() throws {
        let limits = FreshnessLimits(special: [mint.record.capability: .seconds(5)])
        let verifier = try Verifier(
            keys: [mint.key], revocations: RevocationList(), freshness: time.fresh(), limits: limits)
        time.advance(seconds: 6)
        #expect(throws: VerificationFailure.revocationListStale) {
            try verifier.verify(mint.token(for: challenge), for: challenge, at: time.now())
        }
    }

    @Test func aSecretOfAnotherKeyMakesNoVerificationKey() throws {
        #expect(throws: VerificationKey.KeyError.mismatch) {
            try VerificationKey(record: mint.record, secret: ServerPrivateKey().encoded())
        }
        #expect(throws: VerificationKey.KeyError.invalidSecret) {
            try VerificationKey(record: mint.record, secret: SecretBytes(copying: [UInt8](repeating: 0xff, count: 32)))
        }
    }

    @Test func nothingSecretIsDescribed() throws {
        let token = try mint.token(for: challenge)
        let verified = try time.verifier(mint).verify(token, for: challenge, at: time.now())
        #expect(String(describing: verified) == "VerifiedToken")
        #expect(String(reflecting: verified) == "VerifiedToken")
        #expect(String(describing: mint.key) == "VerificationKey")
        let binding = try #require(SpendBinding([UInt8](repeating: 7, count: 16)))
        #expect("\(binding)" == "SpendBinding")
        var dumped = ""
        dump((verified, mint.key, binding), to: &dumped)
        #expect(!dumped.contains("word") && !dumped.contains("bytes"))
    }
}
