import PortesClient
import PortesVerifier
import Testing

/// The two sides of one protocol, whose modules may not see each other.
@Suite struct RefusalTests {
    @Test func everyReasonThatAServerGivesIsKnownToTheClient() {
        let given = Set(VerificationFailure.allCases.map(\.rawValue))
        let known = Set(RedemptionOutcome.Refusal.allCases.map(\.rawValue))
        #expect(given == known)
    }
}
