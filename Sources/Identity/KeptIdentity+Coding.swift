public import LibSodium
internal import PrivacyPass
internal import SignIn

extension KeptIdentity {
    private static let magic = Array("PORTESI1".utf8)

    /// All of it, to be kept where nobody else reads it: a file of mode 0600, or the system's key store.
    ///
    /// `"PORTESI1" ‖ number of secrets (1) ‖ number of forgotten secrets (4) ‖ secrets (32 each) ‖ number of services
    /// (2) ‖ services (2 bytes of length, audience, 4 bytes) ‖ digest (32)`; numbers big-endian, services in the order
    /// of their names, and the digest is BLAKE2b over all before it, which tells damage.
    public borrowing func encoded() -> SecretBytes {
        var front = ByteWriter(capacity: 16)
        front.append(Self.magic)
        front.append(UInt8(truncatingIfNeeded: secrets.count / IdentitySecret.count))
        front.append(forgotten)
        var back = ByteWriter(capacity: 64)
        back.append(UInt16(truncatingIfNeeded: services.count))
        for (audience, secret) in services.sorted(by: { $0.key.text < $1.key.text }) {
            back.append(UInt16(truncatingIfNeeded: audience.text.utf8.count))
            back.append(Array(audience.text.utf8))
            back.append(secret)
        }
        var bytes = front.bytes + secrets.withUnsafeBytes { Array($0) } + back.bytes
        defer { SecretBytes.wipe(&bytes) }
        bytes += KeyedBLAKE2b.hash(bytes).bytes
        return SecretBytes(copying: bytes)
    }

    /// The identity in these bytes; throws ``KeptIdentityError``.
    public init(decoding encoded: borrowing SecretBytes) throws(KeptIdentityError) {
        var bytes = encoded.withUnsafeBytes { Array($0) }
        defer { SecretBytes.wipe(&bytes) }
        guard bytes.count > Self.magic.count + Bytes32.count, bytes.starts(with: Self.magic.dropLast()) else {
            throw .corrupt
        }
        guard bytes.starts(with: Self.magic) else { throw .newerVersion }
        let end = bytes.count - Bytes32.count
        guard KeyedBLAKE2b.hash(Array(bytes[..<end])).bytes == Array(bytes[end...]) else { throw .corrupt }
        do {
            self = try Self.read(Array(bytes[Self.magic.count..<end]))
        } catch {
            throw .corrupt
        }
    }

    private static func read(_ bytes: [UInt8]) throws(MessageError) -> KeptIdentity {
        var reader = ByteReader(bytes)
        let count = Int(try reader.uint8())
        let forgotten = try reader.uint32()
        guard (1...maximumSecrets).contains(count), forgotten < .max - UInt32(maximumSecrets) else {
            throw .invalidLength
        }
        let secrets = SecretBytes(copying: Array(try reader.take(count * IdentitySecret.count)))
        let newest = forgotten + UInt32(count - 1)
        var services: [Audience: UInt32] = [:]
        for _ in 0..<(try reader.uint16()) {
            let name = String(decoding: try reader.take(Int(reader.uint16())), as: UTF8.self)
            let secret = try reader.uint32()
            guard let audience = Audience(name), (forgotten...newest).contains(secret), services[audience] == nil,
                services.count < maximumServices
            else { throw .invalidEncoding }
            services[audience] = secret
        }
        try reader.finish()
        return KeptIdentity(secrets: secrets, forgotten: forgotten, services: services)
    }
}
