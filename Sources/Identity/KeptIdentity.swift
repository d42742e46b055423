internal import LibSodium
internal import PrivacyPass
public import SignIn

/// What a device keeps of a person's identity: the secret, those that it followed, and with which one each service was
/// told of last.
///
/// Changing to another secret (``rekey()``) keeps the earlier ones, because each service has to be told by a statement
/// that is signed with the old key too, and it is told only when the person signs in there next. A ``RecoveryCode`` has
/// the newest secret alone: services that were not told by then know the person no more.
public struct KeptIdentity: ~Copyable, Sendable {
    /// The most secrets that are kept: 17, of which 16 are earlier ones.
    static let maximumSecrets = SignInAnswer.maximumSuccessions + 1
    /// The most services that are remembered: 4,096.
    static let maximumServices = 4_096

    /// 32 bytes each, oldest first.
    let secrets: SecretBytes
    /// How many secrets there were before the first of those.
    let forgotten: UInt32
    /// For each service, which secret it knows the person by, counted from the very first.
    private(set) var services: [Audience: UInt32]

    /// A new identity, with a new secret.
    public init() { self.init(IdentitySecret()) }

    /// The identity of a recovery code or another device.
    public init(_ secret: borrowing IdentitySecret) {
        secrets = secret.encoded()
        forgotten = 0
        services = [:]
    }

    init(secrets: consuming SecretBytes, forgotten: UInt32, services: [Audience: UInt32]) {
        self.secrets = secrets
        self.forgotten = forgotten
        self.services = services
    }

    /// The secret that is in use.
    public borrowing func secret() -> IdentitySecret { secret(at: count - 1) }

    /// How often the secret was changed.
    public var changeCount: Int { Int(newest) }

    /// The services at which the person has signed in from this device, in the order of their names.
    public var audiences: [Audience] { services.keys.sorted { $0.text < $1.text } }

    /// The services that know the person by an earlier secret still, in the order of their names.
    public var untoldAudiences: [Audience] {
        let newest = newest
        return services.filter { $0.value != newest }.keys.sorted { $0.text < $1.text }
    }

    /// Changes to a new secret, for when somebody else may have the old one or its code.
    ///
    /// Throws ``KeptIdentityError/tooManyChanges`` where services are left that were not told of one 16 changes ago.
    public consuming func rekeyed() throws(KeptIdentityError) -> KeptIdentity {
        let oldestInUse = services.values.min() ?? newest
        // Of what no service was told by, nothing is needed.
        let dropped = Int(min(oldestInUse, newest) - forgotten)
        let kept = count - dropped
        guard kept < Self.maximumSecrets else { throw .tooManyChanges }
        let next = IdentitySecret().encoded()
        let start = dropped * IdentitySecret.count
        let size = kept * IdentitySecret.count
        let joined = SecretBytes(count: size + IdentitySecret.count) { buffer in
            secrets.withUnsafeBytes { buffer.copyBytes(from: $0[start...]) }
            next.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: buffer[size...]).copyBytes(from: $0) }
        }
        return KeptIdentity(secrets: joined, forgotten: forgotten + UInt32(dropped), services: services)
    }

    /// The answer to a service's challenge, with statements about the changes that this service was not told of.
    public borrowing func answer(to challenge: SignInChallenge) -> SignInAnswer {
        let audience = challenge.audience
        let known = Int((services[audience] ?? newest) - forgotten)
        let successions = (known..<count - 1).map { index in
            KeySuccession(
                from: secret(at: index).signInKey(for: audience), to: secret(at: index + 1).signInKey(for: audience),
                audience: audience)
        }
        return SignInAnswer(to: challenge, key: secret().signInKey(for: audience), successions: successions)
    }

    /// Notes that a service knows the person by the newest secret. Beyond 4,096 services nothing is noted.
    public mutating func noteSignIn(at audience: Audience) {
        guard services[audience] != nil || services.count < Self.maximumServices else { return }
        services[audience] = newest
    }

    /// Notes that a service has no account of the person any more.
    public mutating func noteErasure(at audience: Audience) { services[audience] = nil }

    private var count: Int { secrets.count / IdentitySecret.count }
    private var newest: UInt32 { forgotten + UInt32(count - 1) }

    private borrowing func secret(at index: Int) -> IdentitySecret {
        let start = index * IdentitySecret.count
        let bytes = SecretBytes(count: IdentitySecret.count) { buffer in
            secrets.withUnsafeBytes { buffer.copyBytes(from: $0[start..<start + IdentitySecret.count]) }
        }
        guard let secret = IdentitySecret(decoding: bytes) else { preconditionFailure("a secret has 32 bytes") }
        return secret
    }
}
