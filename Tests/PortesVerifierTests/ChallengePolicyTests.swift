import PortesVerifier
import PrivacyPass
import Testing
import VerifierSupport

@Suite struct ChallengePolicyTests {
    private func policy(_ scope: TokenScope, origin: String = "origin.example") throws -> ChallengePolicy {
        try ChallengePolicy(issuer: ServerName("issuer.example"), origin: ServerName(origin), scope: scope)
    }

    @Test(arguments: TokenScope.allCases) func whatIsAskedForIsAccepted(_ scope: TokenScope) throws {
        let (policy, time) = (try policy(scope), ManualTime())
        let challenge = policy.challenge(of: .voprfRistretto255, at: time.now())
        #expect(policy.acceptedChallenges(at: time.now()).contains(challenge))
    }

    @Test(arguments: TokenType.implemented)
    func everyTypeHasAChallengeOfItsOwnAndNoTokenOfOneAnswersAnothers(_ type: TokenType) throws {
        let (policy, time) = (try policy(.freshContext), ManualTime())
        let challenge = policy.challenge(of: type, at: time.now())
        let accepted = policy.acceptedChallenges(at: time.now())
        #expect(challenge.tokenType == type && accepted.contains(challenge))
        for other in TokenType.implemented {
            let input = AuthenticatorInput(
                tokenType: other, nonce: .random(), challengeDigest: challenge.digest, keyID: Sample.foreignKeyID)
            #expect(accepted.accept(input) == (other == type))
        }
    }

    @Test func anOriginsOwnChallengeNamesItAndCanBeKnownAhead() throws {
        let time = ManualTime()
        let challenge = try policy(.ownOrigin).challenge(of: .voprfRistretto255, at: time.now())
        #expect(challenge == (try Sample.challenge()))
        let elsewhere = try policy(.ownOrigin, origin: "elsewhere.example").acceptedChallenges(at: time.now())
        #expect(!elsewhere.contains(challenge))
    }

    @Test func aChallengeForAnyOriginIsTheSameEverywhere() throws {
        let time = ManualTime()
        let challenge = try policy(.anyOrigin).challenge(of: .voprfRistretto255, at: time.now())
        #expect(challenge.originNames.isEmpty && challenge.redemptionContext == nil)
        let elsewhere = try policy(.anyOrigin, origin: "elsewhere.example").acceptedChallenges(at: time.now())
        #expect(elsewhere.contains(challenge))
        #expect(!(try policy(.ownOrigin).acceptedChallenges(at: time.now()).contains(challenge)))
    }

    @Test func aFreshContextLivesForItsMaximumAgeAndThenDies() throws {
        let (policy, time) = (try policy(.freshContext), ManualTime())
        let challenge = policy.challenge(of: .voprfRistretto255, at: time.now())
        #expect(challenge.redemptionContext != nil)
        time.advance(seconds: Int64(try #require(policy.maximumAge)))
        #expect(policy.acceptedChallenges(at: time.now()).contains(challenge))
        #expect(policy.challenge(of: .voprfRistretto255, at: time.now()) != challenge)
        time.advance(seconds: 240)
        #expect(!policy.acceptedChallenges(at: time.now()).contains(challenge))
        // Setting the calendar back does not revive it.
        time.move(wall: -360, monotonic: 0)
        #expect(!policy.acceptedChallenges(at: time.now()).contains(challenge))
    }

    @Test func noTwoServersShareFreshContexts() throws {
        let time = ManualTime()
        let challenge = try policy(.freshContext).challenge(of: .voprfRistretto255, at: time.now())
        #expect(!(try policy(.freshContext).acceptedChallenges(at: time.now()).contains(challenge)))
    }
}
