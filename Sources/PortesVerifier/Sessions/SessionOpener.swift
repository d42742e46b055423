public import KeySchedule
public import LibSodium
internal import PrivacyPass
internal import Receipts
public import Sessions
public import SignIn

/// Opens sessions with tokens: one for each token, and the same one again for a request that is repeated.
///
/// Pure: no clock, no store. The spend's binding is a keyed hash of the token's nonce, the service, the device key if
/// there is one, and a slot of five minutes; which slot it was, and so when the session ends, the ledger's record
/// tells, without holding a time. Two of them open the same sessions if they have the same key, audience and life.
public struct SessionOpener: Sendable {
    /// The service at which the sessions count.
    public let audience: Audience
    /// For how many seconds a session counts at least: to the end of its slot, and then as many slots as hold this.
    public let life: Int64
    private let key: SessionKey

    /// The longest life, in seconds: one day.
    public static let maximumLife: Int64 = 24 * 3_600
    /// How far a request may come after it was sent, and how far the clocks of a service's processes may be apart.
    private static let slack = Verifier.leeway + 60

    /// An opener. `life` is 60 seconds to ``maximumLife``; others count as the nearest of these.
    public init(audience: Audience, key: SessionKey, life: Int64 = 3_600) {
        self.audience = audience
        self.key = key
        self.life = min(max(life, 60), Self.maximumLife)
    }

    /// What a ledger is asked for to open a session with a token, and to find one that it opened before.
    ///
    /// `keyThumbprint` is that of the device key to which the session is to be bound, as
    /// ``Sessions/ProofOfPossession`` shows it.
    public func spend(_ token: VerifiedToken, boundTo keyThumbprint: Bytes32?, at now: UnixTime) -> Spend {
        let request = Request(key: key, nonce: token.nonce, audience: audience, keyThumbprint: keyThumbprint)
        let present = Self.slot(of: now)
        let slots = slots(around: present)
        return Spend(token, binding: request.binding(in: present)) {
            slots.compactMap { $0 == present ? nil : request.binding(in: $0) }
        }
    }

    /// The session that a ledger's answer to ``spend(_:boundTo:at:)`` opened, or opened before; `nil` where it has
    /// ended since, or the token was spent on something else.
    public func session(
        _ outcome: SpendOutcome, to token: VerifiedToken, boundTo keyThumbprint: Bytes32?, at now: UnixTime
    ) -> OpenedSession? {
        let receipt: SpendReceipt
        switch outcome {
        case .spent(let made), .replayed(let made): receipt = made
        case .alreadySpent, .refused: return nil
        }
        let request = Request(key: key, nonce: token.nonce, audience: audience, keyThumbprint: keyThumbprint)
        let slot = slots(around: Self.slot(of: now)).first {
            request.binding(in: $0).map { SHA256.hash($0.bytes) } == receipt.bindingDigest
        }
        guard let slot else { return nil }
        let expiry = end(of: slot)
        guard now < expiry else { return nil }
        let claims = SessionClaims(
            audience: audience, capability: token.capability, keyThumbprint: keyThumbprint, expiry: expiry,
            id: key.name(ofBinding: receipt.bindingDigest))
        return OpenedSession(text: key.sign(claims), claims: claims)
    }

    /// When sessions end that begin in a slot: in whole slots.
    private func end(of slot: Int64) -> UnixTime {
        let length = SessionClaims.slotLength
        let lives = (life + length - 1) / length
        return UnixTime(seconds: (slot + 1 + lives).multipliedReportingOverflow(by: length).partialValue)
    }

    /// Every slot in which a session can have begun that has not ended, however the clocks of two processes differ; the
    /// nearest first.
    private func slots(around present: Int64) -> [Int64] {
        let length = SessionClaims.slotLength
        let reach = (life + length - 1) / length + (Self.slack + length - 1) / length + 1
        return [present] + (1...reach).flatMap { [present - $0, present + $0] }
    }

    private static func slot(of time: UnixTime) -> Int64 {
        // No calendar is that far off; what a broken one says must not trap.
        let seconds = min(max(time.seconds, 0), 1 << 48)
        return seconds / SessionClaims.slotLength
    }

    private struct Request: Sendable {
        let key: SessionKey
        let nonce: Nonce
        let audience: Audience
        let keyThumbprint: Bytes32?

        func binding(in slot: Int64) -> SpendBinding? {
            var writer = ByteWriter(capacity: 384)
            writer.append(Array("portes session v1\n".utf8))
            writer.append(nonce.bytes)
            writer.append(UInt16(truncatingIfNeeded: audience.text.utf8.count))
            writer.append(Array(audience.text.utf8))
            writer.append(UInt8(keyThumbprint == nil ? 0 : 1))
            if let keyThumbprint { writer.append(keyThumbprint) }
            writer.append(UInt64(bitPattern: slot))
            return key.binding(of: writer.bytes)
        }
    }
}

/// A session that was opened, or opened before: to be sent to the client, and nowhere else.
public struct OpenedSession: Sendable {
    /// The JSON Web Token.
    public let text: String
    /// What it says.
    public let claims: SessionClaims
}

extension OpenedSession: CustomStringConvertible, CustomReflectable {
    /// Says only that this is a session.
    public var description: String { "OpenedSession" }
    /// Shows no part of it.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
