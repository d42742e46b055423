internal import JOSE
public import KeySchedule
public import LibSodium
public import Sessions
public import SignIn

/// Checks sessions with nothing but the service's public keys: signature, service, end, and the proof of the device's
/// key where the session is bound to one.
///
/// Pure: no clock, no store. Whether a session was closed early, and whether a proof came before, ``OpenSessions``
/// knows.
public struct SessionVerifier: Sendable {
    /// The service.
    public let audience: Audience
    private let keys: [(key: Ed25519.PublicKey, header: JSONWebSignature.Header)]

    /// How far the clock of a device, or of the server that opened a session, may be from this one, in seconds.
    public static let leeway: Int64 = 60

    /// A verifier of a service's sessions, with its keys.
    public init(audience: Audience, keys: [Ed25519.PublicKey]) {
        self.audience = audience
        self.keys = keys.map { ($0, JSONWebSignature.Header(purpose: .session, key: $0)) }
    }

    /// A verifier with the keys in a JSON Web Key Set, as services serve it; `nil` if it is none.
    public init?(audience: Audience, keySet: [UInt8]) {
        guard let keys = JSONWebKeySet.publicKeys(in: keySet) else { return nil }
        self.init(audience: audience, keys: keys)
    }

    /// Checks a session, in this order: signature, service, end, proof. Variable-time.
    public func verify(_ presented: PresentedSession, at now: UnixTime) throws(SessionFailure) -> VerifiedSession {
        let claims = try claims(in: presented.text)
        guard claims.audience == audience else { throw .wrongAudience }
        guard now < claims.expiry.adding(seconds: Self.leeway) else { throw .expired }
        guard let thumbprint = claims.keyThumbprint else {
            // One that anybody may bear needs no proof; a proof is not to make it look as if it did.
            guard !presented.isBound else { throw .badProof }
            return VerifiedSession(claims, proof: nil)
        }
        guard presented.isBound, let text = presented.proof else { throw .proofRequired }
        guard let proof = try? ProofOfPossession(verifying: text), proof.keyThumbprint == thumbprint,
            proof.isFor(
                method: presented.method, path: presented.path, servers: presented.servers,
                credential: presented.text)
        else { throw .badProof }
        guard proof.isCurrent(at: now) else { throw .staleProof }
        return VerifiedSession(claims, proof: proof)
    }

    private func claims(in text: String) throws(SessionFailure) -> SessionClaims {
        var failure = SessionFailure.badSignature
        for (key, header) in keys {
            do {
                return try SessionClaims(verifying: text, header: header, key: key)
            } catch {
                if error == .malformed || error == .wrongType { failure = .malformed }
            }
        }
        throw failure
    }
}

extension ProofOfPossession {
    /// Whether it was made now, as far as clocks agree.
    func isCurrent(at now: UnixTime) -> Bool {
        (-SessionVerifier.leeway...SessionVerifier.leeway).contains(now.seconds(since: time))
    }
}

/// A session that ``SessionVerifier`` has checked, and of which it is not known yet whether it was closed.
public struct VerifiedSession: Sendable {
    /// What it says.
    public let claims: SessionClaims
    /// The proof that came with it.
    let proof: ProofOfPossession?

    // Out of reach for everything but `SessionVerifier.verify`, which makes this type a proof.
    fileprivate init(_ claims: SessionClaims, proof: ProofOfPossession?) {
        self.claims = claims
        self.proof = proof
    }
}

extension VerifiedSession: CustomStringConvertible, CustomReflectable {
    /// Says only that this is a verified session.
    public var description: String { "VerifiedSession" }
    /// Shows no part of it.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
