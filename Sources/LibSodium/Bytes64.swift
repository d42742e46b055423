/// Exactly 64 bytes, held without a heap allocation.
///
/// The shape of SHA-512 digests, VOPRF outputs and Ed25519 signatures. `==` is variable-time: use
/// ``ConstantTime`` where one side is secret.
public struct Bytes64: Sendable, Hashable {
    /// Bytes 0 to 31.
    public let low: Bytes32
    /// Bytes 32 to 63.
    public let high: Bytes32

    /// The number of bytes: 64.
    public static let count = 64

    /// Two halves joined.
    public init(low: Bytes32, high: Bytes32) {
        self.low = low
        self.high = high
    }

    /// The given bytes, or `nil` unless there are exactly 64.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Bytes64.count,
            let low = Bytes32(bytes.prefix(Bytes32.count)),
            let high = Bytes32(bytes.dropFirst(Bytes32.count))
        else { return nil }
        self.init(low: low, high: high)
    }

    /// Bytes written by `body`, which sees 64 zero bytes.
    package init<E: Error>(writing body: (UnsafeMutablePointer<UInt8>) throws(E) -> Void) throws(E) {
        var halves = (Bytes32.zero, Bytes32.zero)
        try unsafe withUnsafeMutableBytes(of: &halves) { (buffer) throws(E) in
            try unsafe body(buffer.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self))
        }
        self.init(low: halves.0, high: halves.1)
    }

    /// The bytes as an array of 64.
    public var bytes: [UInt8] { low.bytes + high.bytes }

    /// Gives `body` the 64 bytes; the pointer is valid only during the call.
    package func withPointer<R: ~Copyable, E: Error>(_ body: (UnsafePointer<UInt8>) throws(E) -> R) throws(E) -> R {
        let copy = (low, high)
        return try unsafe withUnsafeBytes(of: copy) { (buffer) throws(E) -> R in
            try unsafe body(buffer.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self))
        }
    }
}

extension Bytes64: CustomStringConvertible, CustomReflectable {
    /// Says only that this is 64 bytes, which may be those of a token's authenticator.
    public var description: String { "64 bytes" }
    /// Shows no part of it.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
