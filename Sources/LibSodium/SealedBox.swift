internal import CSodium

/// Encryption to the holder of a key pair, by a sender who stays anonymous (libsodium's sealed box: X25519,
/// XSalsa20-Poly1305).
public enum SealedBox {
    /// How many bytes longer a sealed message is: 48.
    public static let overhead = 48

    /// The message was not sealed to this key pair, or was changed since.
    public struct OpeningFailure: Error, Sendable, Hashable {
        /// Makes the error.
        package init() {}
    }

    /// An X25519 public key of 32 bytes.
    public struct PublicKey: Sendable, Hashable {
        /// The 32 bytes.
        public let encoded: Bytes32

        /// A public key from 32 bytes; sealing to a point of small order fails.
        public init(_ encoded: Bytes32) { self.encoded = encoded }

        /// Seals secret bytes to the holder: `message.count + 48` bytes, or `nil` if the key is of small order.
        public func seal(_ message: borrowing SecretBytes) -> [UInt8]? {
            SodiumLibrary.start()
            let count = message.count
            var status: Int32 = -1
            let sealed = unsafe message.withPointer { message in
                unsafe encoded.withPointer { key in
                    unsafe [UInt8](unsafeUninitializedCapacity: count + overhead) { buffer, written in
                        unsafe status = crypto_box_seal(
                            buffer.baseAddress.unsafelyUnwrapped, message, UInt64(count), key)
                        written = status == 0 ? count + overhead : 0
                    }
                }
            }
            return status == 0 ? sealed : nil
        }
    }

    /// An X25519 private key in guarded memory.
    public struct PrivateKey: ~Copyable, Sendable {
        private let secret: SecretBytes
        /// The public key that belongs to it.
        public let publicKey: PublicKey

        /// A new random key.
        public init() { self.init(checked: SecretBytes(randomCount: Bytes32.count)) }

        /// The key with these 32 secret bytes, or `nil` for another length.
        public init?(decoding bytes: borrowing SecretBytes) {
            guard bytes.count == Bytes32.count else { return nil }
            self.init(checked: bytes.copy())
        }

        private init(checked secret: consuming SecretBytes) {
            SodiumLibrary.start()
            let encoded = unsafe secret.withPointer { secret in
                unsafe Bytes32 { unsafe _ = crypto_scalarmult_base($0, secret) }
            }
            self.secret = secret
            publicKey = PublicKey(encoded)
        }

        /// The 32 secret bytes, in guarded memory of their own.
        public borrowing func encoded() -> SecretBytes { secret.copy() }

        /// Opens what was sealed to this key, into guarded memory.
        public borrowing func open(_ sealed: [UInt8]) throws(OpeningFailure) -> SecretBytes {
            guard sealed.count >= overhead else { throw OpeningFailure() }
            let publicKey = publicKey.encoded
            return try unsafe secret.withPointer { (secret) throws(OpeningFailure) in
                try unsafe SecretBytes(count: sealed.count - overhead) { (buffer) throws(OpeningFailure) in
                    let status = unsafe publicKey.withPointer { publicKey in
                        unsafe crypto_box_seal_open(
                            buffer.bytePointer, sealed, UInt64(sealed.count), publicKey, secret)
                    }
                    guard status == 0 else { throw OpeningFailure() }
                }
            }
        }
    }
}
