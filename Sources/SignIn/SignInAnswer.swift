public import LibSodium
public import PrivacyPass

/// A device's answer to a ``SignInChallenge``: the challenge, the person's key for this service, its signature, and,
/// after the person changed to another secret, how that key followed earlier ones.
///
/// `version (1) ‖ challenge (2 bytes of length) ‖ key (32) ‖ signature (64) ‖ number of successions (1) ‖ successions
/// (192 each)`, oldest succession first; as text base64url without padding. The key is known to this service alone.
public struct SignInAnswer: Sendable, Hashable {
    /// The most successions in one answer: 16.
    public static let maximumSuccessions = 16
    /// The most bytes that an encoded answer has: 3,471.
    public static let maximumCount =
        1 + 2 + SignInChallenge.maximumCount + Bytes32.count + Bytes64.count + 1
        + maximumSuccessions * KeySuccession.count
    private static let version: UInt8 = 1

    /// What it answers.
    public let challenge: SignInChallenge
    /// The person's key for this service.
    public let key: Ed25519.PublicKey
    /// How that key came to be, from the first key that the service may know; mostly none.
    public let successions: [KeySuccession]
    private let signature: Bytes64

    /// An answer. Of more than 16 successions the newest count.
    public init(
        to challenge: SignInChallenge, key: borrowing Ed25519.PrivateKey, successions: [KeySuccession] = []
    ) {
        self.challenge = challenge
        self.key = key.publicKey
        self.successions = successions.suffix(Self.maximumSuccessions)
        signature = key.signature(for: challenge.signedMessage)
    }

    /// Decodes exactly one answer, and checks no signature; throws ``MessageError`` for anything else.
    public init(decoding bytes: [UInt8]) throws(MessageError) {
        guard bytes.count <= Self.maximumCount else { throw .invalidLength }
        var reader = ByteReader(bytes)
        guard try reader.uint8() == Self.version else { throw .invalidEncoding }
        challenge = try SignInChallenge(decoding: Array(reader.take(Int(reader.uint16()))))
        key = Ed25519.PublicKey(try reader.bytes32())
        guard let signature = Bytes64(try reader.take(Bytes64.count)) else { throw .truncated }
        self.signature = signature
        let count = try reader.uint8()
        guard count <= Self.maximumSuccessions else { throw .invalidLength }
        var successions: [KeySuccession] = []
        for _ in 0..<count { successions.append(try KeySuccession(reading: &reader)) }
        self.successions = successions
        try reader.finish()
    }

    /// The answer in a text of at most 4,628 characters; throws ``MessageError`` for anything else.
    public init(text: String) throws(MessageError) {
        guard text.utf8.count <= (Self.maximumCount * 4 + 2) / 3, let bytes = Base64URL.decode(text) else {
            throw .invalidEncoding
        }
        try self.init(decoding: bytes)
        // One answer has one text.
        guard self.text == text else { throw .invalidEncoding }
    }

    /// The encoding.
    public var encoded: [UInt8] {
        let challenge = challenge.encoded
        var writer = ByteWriter(capacity: 512 + successions.count * KeySuccession.count)
        writer.append(Self.version)
        writer.append(UInt16(truncatingIfNeeded: challenge.count))
        writer.append(challenge)
        writer.append(key.encoded)
        writer.append(signature)
        writer.append(UInt8(truncatingIfNeeded: successions.count))
        for succession in successions { succession.append(to: &writer) }
        return writer.bytes
    }

    /// The encoding as base64url without padding.
    public var text: String { Base64URL.encode(encoded, padded: false) }

    /// Whether its key signed the challenge, and its successions lead to its key one after another, all signed for the
    /// challenge's audience. Variable-time; some 100 µs for each signature.
    package var isValid: Bool {
        guard key.isValidSignature(signature, for: challenge.signedMessage) else { return false }
        let followers = successions.dropFirst().map(\.oldKey) + [key]
        guard successions.isEmpty || successions.map(\.newKey) == followers else { return false }
        return successions.allSatisfy { $0.isValid(for: challenge.audience) }
    }
}

extension SignInAnswer: CustomStringConvertible, CustomReflectable {
    /// Says only that this is an answer: it names a person to its service.
    public var description: String { "SignInAnswer" }
    /// Shows no part of it.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
