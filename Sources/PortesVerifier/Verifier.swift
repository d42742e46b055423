public import KeySchedule
internal import LibSodium
public import PrivacyPass
public import Revocation

/// Checks tokens against keys, challenges and the revocation list: a value, so that one check never sees half a
/// change of any of them.
///
/// Pure: no clock, no store, no network. A token that passes can be spent in a ``SpendLedger``, and only such a one.
///
/// It is as good as what it is given: ``keys`` from the authority's sealed deliveries, ``revocations`` from its signed
/// list, followed every few seconds, and a ledger that outlives the process. A server that has none of these asks a
/// clearing server instead, with `POST /verify`; one that is to hold no secret takes a ``PublicVerifier``. The
/// ``ChallengePolicy`` says which challenges to send and to accept; ``PresentedToken`` reads a request's
/// `Authorization`.
public struct Verifier: Sendable {
    /// The keys, by their full ids.
    public private(set) var keys: [TokenKeyID: VerificationKey]
    /// What is revoked.
    public var revocations: RevocationList
    /// How current the list is.
    public var freshness: RevocationFreshness
    /// How current it has to be.
    public var limits: FreshnessLimits
    /// The keys of which it is not known any more what was spent: none, unless a ledger was restored from a backup.
    public var lost = LostLedgers.none
    /// The id under which the authority trusts this server; `nil` where the keys came another way.
    public let id: VerifierID?

    /// A verifier; of two keys with one id the last counts. One that finds its own `id` on the list verifies nothing.
    public init(
        keys: [VerificationKey], revocations: RevocationList, freshness: RevocationFreshness,
        limits: FreshnessLimits = FreshnessLimits(), id: VerifierID? = nil
    ) {
        self.id = id
        self.keys = Self.byID(keys)
        self.revocations = revocations
        self.freshness = freshness
        self.limits = limits
    }

    /// The same verifier with other keys.
    public func replacingKeys(with keys: [VerificationKey]) -> Verifier {
        var next = self
        next.keys = Self.byID(keys)
        return next
    }

    /// The same verifier with those of its keys that have no secret.
    var withoutSecrets: Verifier { replacingKeys(with: keys.values.filter { !$0.hasSecret }) }

    private static func byID(_ keys: [VerificationKey]) -> [TokenKeyID: VerificationKey] {
        Dictionary(keys.map { ($0.record.id, $0) }) { _, last in last }
    }

    /// Verifies the bytes of a token: as ``verify(_:for:at:answeringReplays:)``, with
    /// ``VerificationFailure/malformed`` and ``VerificationFailure/wrongTokenType`` for what does not decode.
    public func verify(
        decoding bytes: [UInt8], for challenges: AcceptedChallenges, at now: Moment, answeringReplays: Bool = false
    ) throws(VerificationFailure) -> VerifiedToken {
        let token: Token
        do {
            token = try Token(decoding: bytes)
        } catch {
            throw error == .unsupportedTokenType ? .wrongTokenType : .malformed
        }
        return try verify(token, for: challenges, at: now, answeringReplays: answeringReplays)
    }

    /// Verifies a token made for one challenge.
    public func verify(
        _ token: Token, for challenge: TokenChallenge, at now: Moment, answeringReplays: Bool = false
    ) throws(VerificationFailure) -> VerifiedToken {
        try verify(token, for: AcceptedChallenges(challenge), at: now, answeringReplays: answeringReplays)
    }

    /// Whether tokens of a known key are accepted at a time, as far as that is about the key.
    public func acceptsTokens(of record: KeyRecord, at time: UnixTime) -> Bool {
        !lost.contains(record)
            && record.state(at: time, isRevoked: revocations.isRevoked(record, at: time)).acceptsTokens
    }

    /// Verifies a token: this server's own trust, key, its ledger, its dates, challenge, authenticator, revocation, in
    /// this order.
    ///
    /// With `answeringReplays`, tokens of a key that ended less than 24 hours ago pass as well: a ledger answers
    /// ``SpendOutcome/replayed(_:)`` for them, and never ``SpendOutcome/spent(_:)``.
    public func verify(
        _ token: Token, for challenges: AcceptedChallenges, at now: Moment, answeringReplays: Bool = false
    ) throws(VerificationFailure) -> VerifiedToken {
        guard !isRevoked else { throw .verifierRevoked }
        let input = token.input
        guard let key = keys[input.keyID] else { throw .unknownKey }
        guard key.record.tokenType == input.tokenType else { throw .wrongTokenType }
        guard !lost.contains(key.record) else { throw .ledgerLost }
        if let failure = key.record.refusal(at: now.wall, grace: answeringReplays ? Self.replayTime : 0) {
            throw failure
        }
        guard challenges.accept(input) else { throw .wrongChallenge }
        let encoded = input.encoded
        guard key.made(token.authenticator, over: encoded) else { throw .badAuthenticator }
        let verified = VerifiedToken(token, encodedInput: encoded, record: key.record, at: now)
        if let failure = revocation(of: verified, at: now) { throw failure }
        return verified
    }

    /// Why a token that was verified earlier may not be spent now, or `nil`: what a ledger asks inside the
    /// transaction that spends it.
    public func refusal(of token: VerifiedToken, at now: Moment) -> VerificationFailure? {
        if isRevoked { return .verifierRevoked }
        guard let key = keys[token.keyID] else { return .unknownKey }
        guard !lost.contains(key.record) else { return .ledgerLost }
        // First, because a ledger may still answer the replay of a token whose key has ended, but not of a revoked one.
        if let failure = revocation(of: token, at: now) { return failure }
        if let failure = key.record.refusal(at: now.wall) { return failure }
        return now.monotonic < token.deadline ? nil : .keyNoLongerAccepted
    }

    private func revocation(of token: VerifiedToken, at now: Moment) -> VerificationFailure? {
        // An entry's presence decides, however old the list is.
        if revocations.isRevoked(token.keyID) { return .keyRevoked }
        if revocations.isRevoked(token.capability, at: now.wall) { return .capabilityRevoked }
        if revocations.isRevoked(token.nullifier, keyID: token.keyID) { return .tokenRevoked }
        let limit = limits.limit(for: token.capability)
        return freshness.isFresh(at: now, limit: limit) ? nil : .revocationListStale
    }

    /// Whether the authority has revoked its trust in this server.
    public var isRevoked: Bool { id.map { revocations.isRevoked($0) } ?? false }

    /// How long after a key's end replays are answered, in seconds: until its ledger is removed at the earliest.
    public static let replayTime: Int64 = 24 * 3600
    /// How early a key is accepted, in seconds, because the authority's clock may be ahead of this one.
    public static let leeway: Int64 = 60
}

extension KeyRecord {
    /// Why tokens of the key are refused at `time`, by its dates alone; `grace` seconds are added to its end.
    fileprivate func refusal(at time: UnixTime, grace: Int64 = 0) -> VerificationFailure? {
        if time < notBefore.adding(seconds: -Verifier.leeway) { return .keyNotYetAccepted }
        return time < acceptUntil.adding(seconds: grace) ? nil : .keyNoLongerAccepted
    }
}

/// A token that ``Verifier`` has checked: the only thing that can be spent.
///
/// It holds nothing from which the token could be made again, and has no description.
public struct VerifiedToken: Sendable {
    /// The token's name in ledgers, 16 bytes.
    public let nullifier: Nullifier
    /// The key that made it.
    public let keyID: TokenKeyID
    /// What it is good for.
    public let capability: Capability
    /// When the key's acceptance ends by the calendar.
    public let acceptUntil: UnixTime
    /// When it ends by the monotonic clock: a calendar set back does not move it.
    public let deadline: Duration
    /// A key for digests of bindings: a hash of the authenticator's first 64 bytes, so that no ledger's reader can
    /// guess bindings.
    let bindingKey: Bytes32
    /// What the client drew for it.
    let nonce: Nonce

    // Out of reach for everything but `Verifier.verify`, which makes this type a proof.
    fileprivate init(_ token: Token, encodedInput: [UInt8], record: KeyRecord, at now: Moment) {
        nullifier = Nullifier(ofEncoded: encodedInput)
        nonce = token.input.nonce
        keyID = record.id
        capability = record.capability
        acceptUntil = record.acceptUntil
        deadline = now.monotonic + .seconds(record.acceptUntil.seconds(since: now.wall))
        bindingKey = SHA256.hash(Self.bindingKeyLabel + token.authenticator.prefix(Self.bindingKeyEntropy))
    }

    // All of an authenticator but one of type 0x0002, of whose 256 bytes these are as hard to guess as any hash.
    private static let bindingKeyEntropy = 64

    private static let bindingKeyLabel = Array("portes binding key v1\n".utf8)
}

extension VerifiedToken: CustomStringConvertible, CustomReflectable {
    /// Says only that this is a verified token.
    public var description: String { "VerifiedToken" }
    /// Shows no part of the token.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
