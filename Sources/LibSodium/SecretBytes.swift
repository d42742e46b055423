internal import CSodium

/// Secret bytes in guarded memory: between inaccessible pages, kept out of core dumps and (where the system
/// allows it) out of swap, wiped when the value is released.
///
/// Cannot be copied, compared with `==` or described. The source of the memory is `sodium_malloc`.
@safe public struct SecretBytes: ~Copyable, @unchecked Sendable {
    // Sendable: the memory is written only before `init` returns and is freed by the one owner.
    private let base: UnsafeMutableRawPointer
    /// The number of bytes.
    public let count: Int

    /// `count` bytes, written by `body` into memory that is zero at first.
    public init<E: Error>(
        count: Int, writing body: (UnsafeMutableRawBufferPointer) throws(E) -> Void
    ) throws(E) {
        SodiumLibrary.start()
        guard let memory = unsafe sodium_malloc(count) else {
            preconditionFailure("out of memory for a secret")
        }
        unsafe base = memory
        self.count = count
        unsafe sodium_memzero(memory, count)
        try unsafe body(UnsafeMutableRawBufferPointer(start: memory, count: count))
    }

    /// `count` random bytes.
    public init(randomCount count: Int) {
        unsafe self.init(count: count) { buffer in
            if let base = buffer.baseAddress { unsafe randombytes_buf(base, count) }
        }
    }

    /// A copy of `bytes`; wiping the original is up to the caller, see ``wipe(_:)``.
    public init(copying bytes: [UInt8]) {
        unsafe self.init(count: bytes.count) { unsafe $0.copyBytes(from: bytes) }
    }

    deinit { unsafe sodium_free(base) }

    /// Gives `body` the bytes; the buffer is valid only during the call.
    public borrowing func withUnsafeBytes<R: ~Copyable, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try unsafe body(UnsafeRawBufferPointer(start: base, count: count))
    }

    /// Another copy in guarded memory of its own.
    public borrowing func copy() -> SecretBytes {
        let source = unsafe UnsafeRawBufferPointer(start: base, count: count)
        return unsafe SecretBytes(count: count) { unsafe $0.copyMemory(from: source) }
    }

    /// Overwrites an array with zeros in a way that the optimiser keeps.
    ///
    /// Reaches only this array's own storage: earlier copies made by the language stay where they are, so
    /// secrets belong into `SecretBytes` from the start.
    public static func wipe(_ bytes: inout [UInt8]) {
        unsafe bytes.withUnsafeMutableBytes { unsafe sodium_memzero($0.baseAddress, $0.count) }
    }

    /// Gives `body` the bytes, of which there are ``count``; the pointer is valid only during the call.
    package borrowing func withPointer<R: ~Copyable, E: Error>(
        _ body: (UnsafePointer<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        try unsafe body(UnsafePointer(base.assumingMemoryBound(to: UInt8.self)))
    }
}
