internal import LibSodium

/// What a token is spent for, chosen by the caller: it makes a retry safe, because the same token with the same
/// binding gets the same answer again.
///
/// At least 16 random bytes, with whatever the spend is for. Without randomness the digest in a receipt could be
/// guessed.
public struct SpendBinding: Sendable {
    /// The bytes, from ``minimumCount`` to ``maximumCount``.
    public let bytes: [UInt8]

    /// The smallest number of bytes: 16.
    public static let minimumCount = 16
    /// The largest number of bytes: 256.
    public static let maximumCount = 256

    /// A binding of 16 to 256 bytes, or `nil` for any other number.
    public init?(_ bytes: [UInt8]) {
        guard (Self.minimumCount...Self.maximumCount).contains(bytes.count) else { return nil }
        self.bytes = bytes
    }

    private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    /// A binding of 32 random bytes.
    public static func random() -> SpendBinding { SpendBinding(unchecked: Randomness.bytes(Bytes32.count)) }
}

extension SpendBinding: CustomStringConvertible, CustomReflectable {
    /// Says only that this is a binding.
    public var description: String { "SpendBinding" }
    /// Shows no part of the binding.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
