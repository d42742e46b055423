/// What a key may be used for.
public enum KeyState: String, Sendable, Hashable, Codable {
    /// Published, but not yet issuing.
    case announced
    /// Issues, and its tokens are accepted.
    case issuing
    /// No longer issues; its tokens are accepted.
    case accepting
    /// Its tokens are no longer accepted.
    case ended
    /// Withdrawn: nothing is issued and nothing is accepted, whatever the dates say.
    case revoked

    /// Whether tokens of the key are accepted.
    public var acceptsTokens: Bool { self == .issuing || self == .accepting }
}

extension KeyRecord {
    /// How many seconds before and after its time an issuer takes requests for a key: for requests that are on their
    /// way when a key begins or ends, and for clocks that differ a little. Half of what a verifier allows for.
    public static let issuingLeeway: Int64 = 30

    /// Whether an issuer takes requests for the key at a time, which is at most ``issuingLeeway`` outside of its time
    /// and never after its acceptance.
    public func takesRequests(at time: UnixTime) -> Bool {
        notBefore.adding(seconds: -Self.issuingLeeway) <= time
            && time < min(issueUntil.adding(seconds: Self.issuingLeeway), acceptUntil)
    }

    /// The state at a time: a pure function, so nothing has to run on time for it to be right.
    public func state(at time: UnixTime, isRevoked: Bool) -> KeyState {
        if isRevoked { return .revoked }
        if time < notBefore { return .announced }
        if time < issueUntil { return .issuing }
        return time < acceptUntil ? .accepting : .ended
    }
}
