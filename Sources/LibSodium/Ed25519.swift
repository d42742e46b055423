internal import CSodium

/// Ed25519 signatures (RFC 8032).
public enum Ed25519 {
    /// A public key, 32 bytes as RFC 8032 encodes them.
    public struct PublicKey: Sendable, Hashable {
        /// The 32 bytes.
        public let encoded: Bytes32

        /// A public key from 32 bytes, which are checked when a signature is.
        public init(_ encoded: Bytes32) { self.encoded = encoded }

        /// Whether `signature` was made over `message` by the holder of this key.
        ///
        /// Refuses scalars that are not reduced and keys or commitments of small order. Variable-time.
        public func isValidSignature(_ signature: Bytes64, for message: [UInt8]) -> Bool {
            SodiumLibrary.start()
            return unsafe signature.withPointer { signature in
                unsafe encoded.withPointer { key in
                    unsafe crypto_sign_verify_detached(signature, message, UInt64(message.count), key) == 0
                }
            }
        }
    }

    /// A private key in guarded memory.
    public struct PrivateKey: ~Copyable, Sendable {
        private let secret: SecretBytes
        /// The public key that belongs to it.
        public let publicKey: PublicKey

        /// A new random key.
        public init() {
            let seed = SecretBytes(randomCount: Int(crypto_sign_SEEDBYTES))
            self.init(checkedSeed: seed)
        }

        /// The key that RFC 8032 derives from a seed of 32 bytes, or `nil` if the seed has another length.
        public init?(seed: borrowing SecretBytes) {
            guard seed.count == Int(crypto_sign_SEEDBYTES) else { return nil }
            self.init(checkedSeed: seed)
        }

        private init(checkedSeed seed: borrowing SecretBytes) {
            SodiumLibrary.start()
            var encoded = Bytes32.zero
            let secret = unsafe seed.withPointer { seed in
                unsafe SecretBytes(count: Int(crypto_sign_SECRETKEYBYTES)) { buffer in
                    let secret = unsafe buffer.baseAddress.unsafelyUnwrapped
                        .assumingMemoryBound(to: UInt8.self)
                    encoded = unsafe Bytes32 { unsafe crypto_sign_seed_keypair($0, secret, seed) }
                }
            }
            self.secret = secret
            publicKey = PublicKey(encoded)
        }

        /// The signature over `message`, 64 bytes; the same message always gives the same bytes.
        public borrowing func signature(for message: [UInt8]) -> Bytes64 {
            unsafe secret.withPointer { secret in
                unsafe Bytes64 {
                    unsafe crypto_sign_detached($0, nil, message, UInt64(message.count), secret)
                }
            }
        }

        /// The 32-byte seed, in guarded memory of its own, for storing the key sealed.
        public borrowing func seed() -> SecretBytes {
            // RFC 8032 keys are kept here as seed followed by public key.
            unsafe secret.withPointer { secret in
                unsafe SecretBytes(count: Int(crypto_sign_SEEDBYTES)) { buffer in
                    unsafe buffer.copyMemory(
                        from: UnsafeRawBufferPointer(start: secret, count: Int(crypto_sign_SEEDBYTES)))
                }
            }
        }
    }
}
