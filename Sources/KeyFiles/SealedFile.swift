import LibSodium

/// The bytes of a file that holds one secret.
///
/// ```
/// magic[8] "PORTESK1" ‖ directory[16] ‖ count:u16 ‖ sealed[count] ‖ digest[32]
/// ```
///
/// `count` is big-endian; `directory` says under which wrapping key the secret is sealed; `digest` is BLAKE2b
/// over all before it, which tells damage from a file that belongs elsewhere.
struct SealedFile {
    /// Which key directory the file belongs to, 16 bytes.
    let directory: [UInt8]
    /// The sealed secret: nonce, ciphertext, tag.
    let sealed: [UInt8]

    private static let magic = [UInt8]("PORTESK1".utf8)
    private static let headerCount = 26

    init(directory: [UInt8], sealed: [UInt8]) {
        self.directory = directory
        self.sealed = sealed
    }

    /// Reads a file's bytes; throws `.foreign`, `.truncated` or `.corrupt` with `path`.
    init(decoding bytes: [UInt8], path: String) throws(KeyFileError) {
        let magic = bytes.prefix(Self.magic.count)
        guard magic.elementsEqual(Self.magic.prefix(magic.count)) else { throw .foreign(path: path) }
        guard bytes.count >= Self.headerCount else { throw .truncated(path: path) }
        let count = Int(bytes[24]) << 8 | Int(bytes[25])
        let end = Self.headerCount + count
        guard bytes.count >= end + Bytes32.count else { throw .truncated(path: path) }
        guard bytes.count == end + Bytes32.count,
            KeyedBLAKE2b.hash(Array(bytes[..<end])).bytes == Array(bytes[end...])
        else { throw .corrupt(path: path) }
        directory = Array(bytes[8..<24])
        sealed = Array(bytes[Self.headerCount..<end])
    }

    /// The file's bytes; the sealed secret has at most 65,535.
    var encoded: [UInt8] {
        let count = UInt16(clamping: sealed.count)
        let body = Self.magic + directory + [UInt8(count >> 8), UInt8(count & 0xff)] + sealed
        return body + KeyedBLAKE2b.hash(body).bytes
    }
}
