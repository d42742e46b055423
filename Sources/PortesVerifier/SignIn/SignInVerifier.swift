public import KeySchedule
public import LibSodium
internal import PrivacyPass
public import SignIn

/// A service's side of signing in without a name: makes challenges and checks the answers.
///
/// Pure but for its random numbers: no clock, no store. A challenge is not remembered until it is answered; that it is
/// the service's own shows in the second half of its nonce, a keyed BLAKE2b digest. What passes is admitted once by a
/// ``SignInStore``, and only such a one.
public final class SignInVerifier: Sendable {
    /// The service's name for this purpose, for good: the accounts hang on it.
    public let audience: Audience
    /// For how many seconds a challenge counts; it counts to the end of its last minute.
    public let lifetime: Int64
    private let secret: SecretBytes

    private static let randomCount = 16

    /// A verifier. Several processes of one service share a `secret` of 32 random bytes; one alone draws its own.
    ///
    /// `lifetime` is 10 to 3,600 seconds; others count as the nearest of these.
    public init(audience: Audience, lifetime: Int64 = 300, secret: consuming SecretBytes? = nil) {
        self.audience = audience
        self.lifetime = min(max(lifetime, 10), 3_600)
        let key = KeyedBLAKE2b.derive(
            Array("portes sign-in challenge v1".utf8), key: Self.sound(consume secret))
        self.secret = key
    }

    /// A secret of a length that can be a key; one that is too short to be secret is as good as none.
    private static func sound(_ secret: consuming SecretBytes?) -> SecretBytes {
        if let secret, (16...64).contains(secret.count) { return secret }
        return SecretBytes(randomCount: Bytes32.count)
    }

    /// A new challenge.
    public func challenge(_ purpose: SignInChallenge.Purpose = .signIn, at now: UnixTime) -> SignInChallenge {
        // Whole minutes: what is remembered of an answer must not tell when it came to the second.
        let end = now.adding(seconds: lifetime + 59).seconds
        let expiry = end - end % 60
        let random = Randomness.bytes(Self.randomCount)
        guard let nonce = Bytes32(random + mark(random, purpose, expiry)) else {
            preconditionFailure("a nonce has 32 bytes")
        }
        return SignInChallenge(audience: audience, purpose: purpose, nonce: nonce, expiry: expiry)
    }

    /// Checks an answer that should let a person in.
    ///
    /// The signatures come last, so that an answer to a made-up challenge costs next to nothing.
    public func verify(signIn answer: SignInAnswer, at now: UnixTime) throws(SignInFailure) -> VerifiedSignIn {
        try check(answer, .signIn, now)
        return VerifiedSignIn(answer)
    }

    /// Checks an answer that should erase an account.
    public func verify(erasure answer: SignInAnswer, at now: UnixTime) throws(SignInFailure) -> VerifiedErasure {
        try check(answer, .erase, now)
        return VerifiedErasure(answer)
    }

    private func check(
        _ answer: SignInAnswer, _ purpose: SignInChallenge.Purpose, _ now: UnixTime
    ) throws(SignInFailure) {
        let challenge = answer.challenge
        guard challenge.audience == audience else { throw .wrongAudience }
        guard challenge.purpose == purpose else { throw .wrongPurpose }
        let nonce = challenge.nonce.bytes
        let random = Array(nonce.prefix(Self.randomCount))
        guard
            ConstantTime.areEqual(
                mark(random, purpose, challenge.expiry), Array(nonce.dropFirst(Self.randomCount)))
        else { throw .unknownChallenge }
        guard now.seconds < challenge.expiry else { throw .expired }
        guard answer.isValid else { throw .badSignature }
    }

    /// What shows that a challenge is the service's own, 16 bytes.
    private func mark(_ random: [UInt8], _ purpose: SignInChallenge.Purpose, _ expiry: Int64) -> [UInt8] {
        var writer = ByteWriter(capacity: 320)
        writer.append(purpose.rawValue)
        writer.append(UInt64(bitPattern: expiry))
        writer.append(random)
        writer.append(Array(audience.text.utf8))
        return Array(KeyedBLAKE2b.hash(writer.bytes, key: secret).bytes.prefix(Bytes32.count - Self.randomCount))
    }
}

/// An answer that passed every check of a ``SignInVerifier`` and was not admitted yet: it may have been before.
public struct VerifiedSignIn: Sendable {
    package let proof: SignInProof

    fileprivate init(_ answer: SignInAnswer) { proof = SignInProof(answer) }
}

/// An answer that passed every check of a ``SignInVerifier``, and should erase an account.
public struct VerifiedErasure: Sendable {
    package let proof: SignInProof

    fileprivate init(_ answer: SignInAnswer) { proof = SignInProof(answer) }
}

/// What a checked answer proves: which key answered which challenge.
package struct SignInProof: Sendable {
    /// The service.
    package let audience: Audience
    /// The challenge's nonce.
    package let nonce: Bytes32
    /// When the challenge ends.
    package let expiry: Int64
    /// The key that answered.
    package let key: Ed25519.PublicKey
    /// The keys that it follows, oldest first, without itself.
    package let earlierKeys: [Ed25519.PublicKey]

    fileprivate init(_ answer: SignInAnswer) {
        audience = answer.challenge.audience
        nonce = answer.challenge.nonce
        expiry = answer.challenge.expiry
        key = answer.key
        earlierKeys = answer.successions.map(\.oldKey)
    }
}
