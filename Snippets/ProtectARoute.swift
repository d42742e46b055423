// A Hummingbird app that lets a request in for a token. Verifier, policy and ledger are as in VerifyAndSpend.swift.

import Hummingbird
import HummingbirdPrivacyPass
import PortesVerifier
import PrivacyPass

func router(
    verifier: VerifierState, policy: ChallengePolicy, ledger: some SpendLedger, play: Capability
) -> Router<BasicPrivacyPassRequestContext> {
    let origin = PrivacyPassOrigin(verifier: verifier, policy: policy, ledger: ledger)
    let router = Router(context: BasicPrivacyPassRequestContext.self)
    router.group("levels")
        .add(middleware: PrivacyPassMiddleware(origin, accepting: [play]))
        .get { _, context in "let in for \(try context.capability.name)" }
    return router
}
