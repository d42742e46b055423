internal import CSodium

/// Encryption under a shared secret key: XChaCha20-Poly1305 with a random nonce of 24 bytes in front.
public enum AuthenticatedEncryption {
    /// A key's number of bytes: 32.
    public static let keyCount = 32
    /// How many bytes longer a sealed message is: nonce 24, tag 16.
    public static let overhead = 40

    /// The message was not sealed under this key with this context, or was changed since.
    public struct OpeningFailure: Error, Sendable, Hashable {
        /// Makes the error.
        package init() {}
    }

    /// Seals secret bytes under a key of 32 bytes, bound to `context`, which is not included.
    ///
    /// Returns `message.count + 40` bytes: nonce, ciphertext, tag.
    public static func seal(
        _ message: borrowing SecretBytes, key: borrowing SecretBytes, context: [UInt8]
    ) -> [UInt8] {
        precondition(key.count == keyCount)
        let nonce = Randomness.bytes(24)
        let count = message.count
        let sealed = unsafe message.withPointer { message in
            unsafe key.withPointer { key in
                unsafe [UInt8](unsafeUninitializedCapacity: count + 16) { buffer, written in
                    unsafe _ = crypto_aead_xchacha20poly1305_ietf_encrypt(
                        buffer.baseAddress.unsafelyUnwrapped, nil, message, UInt64(count),
                        context, UInt64(context.count), nil, nonce, key)
                    written = count + 16
                }
            }
        }
        return nonce + sealed
    }

    /// Opens what ``seal(_:key:context:)`` made, into guarded memory.
    public static func open(
        _ sealed: [UInt8], key: borrowing SecretBytes, context: [UInt8]
    ) throws(OpeningFailure) -> SecretBytes {
        guard key.count == keyCount, sealed.count >= overhead else { throw OpeningFailure() }
        let nonce = [UInt8](sealed.prefix(24))
        let body = [UInt8](sealed.dropFirst(24))
        return try unsafe key.withPointer { (key) throws(OpeningFailure) in
            try unsafe SecretBytes(count: body.count - 16) { (buffer) throws(OpeningFailure) in
                let status = unsafe crypto_aead_xchacha20poly1305_ietf_decrypt(
                    buffer.bytePointer, nil, nil, body, UInt64(body.count),
                    context, UInt64(context.count), nonce, key)
                guard status == 0 else { throw OpeningFailure() }
            }
        }
    }
}
