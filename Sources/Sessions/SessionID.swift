public import LibSodium
internal import PrivacyPass

/// The name of a session: the `jti` of its token, 32 bytes that say nothing to anybody.
public struct SessionID: Sendable, Hashable {
    /// The 32 bytes.
    public let bytes: Bytes32

    /// The id with these bytes.
    public init(_ bytes: Bytes32) { self.bytes = bytes }

    /// The id in 43 characters of base64url without padding, or `nil` for any other text.
    public init?(text: String) {
        guard text.utf8.count == 43, let bytes = Base64URL.decode(text).flatMap({ Bytes32($0) }) else { return nil }
        self.init(bytes)
    }

    /// Base64url without padding, 43 characters.
    public var text: String { Base64URL.encode(bytes.bytes, padded: false) }
}

extension SessionID: CustomStringConvertible, CustomReflectable {
    /// Says only that this is the id of a session.
    public var description: String { "SessionID" }
    /// Shows no part of it.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
