/// Exactly 32 bytes, held without a heap allocation.
///
/// The shape of nonces, digests, key ids, encoded group elements and public keys. `==` and `hash(into:)` are
/// variable-time: use ``ConstantTime`` where one side is secret.
public struct Bytes32: Sendable, Hashable {
    private var word0: UInt64 = 0
    private var word1: UInt64 = 0
    private var word2: UInt64 = 0
    private var word3: UInt64 = 0

    /// The number of bytes: 32.
    public static let count = 32

    /// 32 zero bytes.
    public static let zero = Bytes32()

    private init() {}

    /// The given bytes, or `nil` unless there are exactly 32.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Bytes32.count else { return nil }
        self.init()
        unsafe withUnsafeMutableBytes(of: &self) { unsafe $0.copyBytes(from: bytes) }
    }

    /// Bytes written by `body`, which sees 32 zero bytes.
    package init<E: Error>(writing body: (UnsafeMutablePointer<UInt8>) throws(E) -> Void) throws(E) {
        self.init()
        try unsafe withMutablePointer(body)
    }

    /// The bytes as an array of 32.
    public var bytes: [UInt8] {
        unsafe withPointer { unsafe [UInt8](UnsafeBufferPointer(start: $0, count: Bytes32.count)) }
    }

    /// The byte at `index`, which is 0 to 31.
    public subscript(index: Int) -> UInt8 {
        precondition((0..<Bytes32.count).contains(index))
        return unsafe withPointer { unsafe $0[index] }
    }

    /// Gives `body` the 32 bytes; the pointer is valid only during the call.
    package func withPointer<R: ~Copyable, E: Error>(_ body: (UnsafePointer<UInt8>) throws(E) -> R) throws(E) -> R {
        var copy = self
        return try unsafe copy.withMutablePointer { (pointer) throws(E) -> R in
            try unsafe body(UnsafePointer(pointer))
        }
    }

    private mutating func withMutablePointer<R: ~Copyable, E: Error>(
        _ body: (UnsafeMutablePointer<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        try unsafe withUnsafeMutableBytes(of: &self) { (buffer) throws(E) -> R in
            // Four stored words make the buffer 32 bytes long and never empty.
            try unsafe body(buffer.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self))
        }
    }
}
