// A Hummingbird app that signs people in who have no name, opens sessions for tokens, and lets requests in with them.

import Hummingbird
import HummingbirdPrivacyPass
import OriginStorage
import PortesVerifier
import PrivacyPass
import SignIn
import SignInStorage

func router(
    verifier: VerifierState, policy: ChallengePolicy, radio: Audience, session: Capability
) throws -> Router<BasicSessionRequestContext> {
    let store = try SQLiteOriginStore(directory: "Data/tokens")
    let origin = PrivacyPassOrigin(
        verifier: verifier, policy: policy, ledger: store.ledger(of: verifier, audience: radio.text))
    let sessions = SessionService(
        origin, audience: radio, key: store.sessionKey, accepting: [session], closed: store,
        servers: [try ServerName("radio.example")])
    let people = SignInService(audience: radio, store: try SQLiteSignInStore(directory: "Data/people"))

    let router = Router(context: BasicSessionRequestContext.self)
    sessions.addRoutes(to: router)
    router.get("sign-in") { request, _ in people.challenge(request) }
    router.post("sign-in") { request, _ in try await people.admit(request).pseudonym.text }
    router.delete("sign-in") { request, _ in try await people.erase(request).text }
    router.group("levels").add(middleware: SessionMiddleware(sessions))
        .get("{level}") { _, context in "let in for \(try context.admitted.capability.name)" }
    return router
}
