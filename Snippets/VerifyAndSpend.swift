// What a server that holds the keys does with a request's `Authorization` field: check the token, and spend it once.

import KeySchedule
import PortesVerifier
import PrivacyPass

func spend(
    _ authorization: String, verifier: Verifier, policy: ChallengePolicy, ledger: some SpendLedger
) async throws -> SpendOutcome {
    let now = SystemTimeSource().now()
    let token = try PrivateTokenCredentials(fieldValue: authorization).token
    let verified = try verifier.verify(token, for: policy.acceptedChallenges(at: now), at: now)
    return try await ledger.spend([Spend(verified)])[0]
}
