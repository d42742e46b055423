public import KeySchedule
internal import LibSodium
public import PrivacyPass
internal import Sessions

/// An anonymous session at a service: what an app shows with its requests until it ends.
///
/// It says what it is good for, and not whose it is; two sessions of one person have nothing in common. One that is
/// bound to a key of this device is of no use to whoever steals its text.
public struct Session: Sendable {
    /// The JSON Web Token, at most 2,048 bytes: a secret, where the session is not bound.
    public let text: String
    /// When it ends, by this device's clock.
    public let expiry: UnixTime
    let claims: SessionClaims
    /// The seed of its key, 32 bytes or none.
    let seed: [UInt8]

    /// How long a session may last at most, in seconds: a day and the slots around it.
    static let longestLife: Int64 = 26 * 3_600
    private let key: DeviceKey?

    /// What it lets its bearer do.
    public var capability: Capability { claims.capability }
    /// Whether it is bound to a key of this device.
    public var isBound: Bool { key != nil }

    /// A session from its text, the 32-byte seed of its key or nothing, and its end; `nil` where they do not fit.
    init?(text: String, seed: [UInt8], expiry: UnixTime) {
        guard let claims = try? SessionClaims(unverified: text), seed.isEmpty || seed.count == Bytes32.count else {
            return nil
        }
        key = seed.isEmpty ? nil : DeviceKey(seed: SecretBytes(copying: seed))
        guard key?.thumbprint == claims.keyThumbprint else { return nil }
        self.text = text
        self.seed = seed
        self.expiry = expiry
        self.claims = claims
    }

    /// The header fields that show it with one request: `Authorization`, and `DPoP` where it is bound. To be made anew
    /// for each request.
    ///
    /// `url` is the request's, of which query and fragment do not count; `time` the device's, by the system's clock if
    /// it is `nil`. A clock that is wrong does no harm, since the service's was learnt when the session was opened.
    public func headers(
        for method: String = "GET", _ url: String, at time: UnixTime? = nil
    ) -> [HeaderField] {
        guard let key else { return [HeaderField("authorization", "Bearer \(text)")] }
        let time = time ?? SystemTimeSource().now().wall
        let proof = key.proof(
            method: method, uri: String(url.prefix { $0 != "?" && $0 != "#" }), credential: text,
            at: time.adding(seconds: claims.expiry.seconds(since: expiry)))
        return [HeaderField("authorization", "DPoP \(text)"), HeaderField(ProofOfPossession.fieldName, proof)]
    }

    /// Whether it counts for another `seconds` at least.
    func lasts(_ seconds: Int64, at now: UnixTime) -> Bool { expiry.seconds(since: now) >= seconds }
}

extension Session: CustomStringConvertible, CustomReflectable {
    /// Says only that this is a session.
    public var description: String { "Session" }
    /// Shows no part of it.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension Session: Hashable {
    /// Whether both are the same session.
    public static func == (left: Session, right: Session) -> Bool { left.text == right.text }
    /// Feeds its text to a hash.
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
