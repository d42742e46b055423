import PortesClient
import PortesVerifier
import Testing

/// The two sides of one protocol, whose modules may not see each other.
@Suite struct RefusalTests {
    @Test func everyReasonThatAServerGivesIsKnownToTheClient() {
        // Said by a route that takes tokens of some capabilities alone; to a verifier such a token is a good one.
        let given = Set(VerificationFailure.allCases.map(\.rawValue) + ["wrong-capability"])
        let known = Set(RedemptionOutcome.Refusal.allCases.map(\.rawValue))
        #expect(given == known)
    }
}
