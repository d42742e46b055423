import KeySchedule
import LibSodium
import PortesVerifier
import PrivacyPass
import Sessions
import SignIn

/// Checking sessions and sign-ins, in this process: each beside the bare checks of the signatures in it.
struct SessionBench {
    let rounds: Int

    /// How many are checked in one round.
    private static let count = 100

    func run() async throws -> [BenchResult] {
        try await [session(isBound: false), session(isBound: true), signIn()]
    }

    private func session(isBound: Bool) async throws -> BenchResult {
        guard let audience = Audience("radio.example"), let capability = Capability("session"),
            let key = SessionKey(seed: SecretBytes(randomCount: SessionKey.seedCount)),
            let device = DeviceKey(seed: SecretBytes(randomCount: 32))
        else { throw CommandFailure("no key") }
        let now = SystemTimeSource().now().wall
        let verifier = SessionVerifier(audience: audience, keys: [key.publicKey])
        let texts = (0..<Self.count).map { _ in
            let claims = SessionClaims(
                audience: audience, capability: capability, keyThumbprint: isBound ? device.thumbprint : nil,
                expiry: now.adding(seconds: 3_600), id: SessionID(Randomness.bytes32()))
            return key.sign(claims)
        }
        let open = OpenSessions(MemoryClosedSessions())
        try await open.reload(at: now)
        var shown: [PresentedSession] = []
        return try await .measure(
            isBound ? "session-bound" : "session", count: Self.count, rounds: rounds
        ) {
            // A proof counts once.
            shown = try texts.map { try Self.shown($0, by: isBound ? device : nil, at: now) }
        } operation: {
            for session in shown {
                let verified = try verifier.verify(session, at: now)
                guard case .admitted = open.admit(verified, at: Moment(wall: now, monotonic: .zero)) else {
                    throw CommandFailure("a session is not let in")
                }
            }
        } floor: {
            Self.checkSignatures(isBound ? 2 : 1)
        }
    }

    private static func shown(_ text: String, by device: DeviceKey?, at now: UnixTime) throws -> PresentedSession {
        let proof = device?.proof(method: "GET", uri: "https://radio.example/levels/7", credential: text, at: now)
        let presented = PresentedSession(
            authorization: [(proof == nil ? "Bearer " : "DPoP ") + text], proofs: proof.map { [$0] } ?? [],
            method: "GET", path: "/levels/7", servers: ["radio.example"])
        guard let presented else { throw CommandFailure("no session") }
        return presented
    }

    private func signIn() async throws -> BenchResult {
        guard let audience = Audience("radio.example") else { throw CommandFailure("no audience") }
        let now = SystemTimeSource().now().wall
        let verifier = SignInVerifier(audience: audience)
        let answers = (0..<Self.count).map { _ in
            SignInAnswer(to: verifier.challenge(at: now), key: Ed25519.PrivateKey()).text
        }
        return try await .measure("sign-in", count: Self.count, rounds: rounds) {
            for text in answers { _ = try verifier.verify(signIn: SignInAnswer(text: text), at: now) }
        } floor: {
            Self.checkSignatures(1)
        }
    }

    private static func checkSignatures(_ signatures: Int) {
        var calls = BareCalls(messageCount: 250)
        calls.sign()
        for _ in 0..<count * signatures { calls.verifySignature() }
    }
}
