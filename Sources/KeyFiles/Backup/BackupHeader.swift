import LibSodium

/// What a backup begins with, 146 bytes; integers are big-endian.
///
/// ```
/// magic[8] "PORTESBK" ‖ version:1 ‖ kind:1 ‖ passes:4 ‖ memoryKiB:4 ‖ salt[16] ‖ count:8 ‖ sealed key[72] ‖ digest[32]
/// ```
///
/// `count` is the number of bytes of all members. The file's own random key is sealed under the one that Argon2id
/// derives from the passphrase, bound to all before it. `digest` is BLAKE2b over all before it: it tells damage from a
/// wrong passphrase.
struct BackupHeader {
    static let count = 146
    /// How many bytes of members each sealed piece holds, but the last.
    static let chunkCount = 1_048_576

    private static let magic = [UInt8]("PORTESBK".utf8)
    private static let version: UInt8 = 1
    private static let boundCount = 42
    private static let sealedKeyCount = 32 + AuthenticatedEncryption.overhead

    let kind: BackupKind
    /// How many bytes the members have together.
    let contentCount: UInt64
    let encoded: [UInt8]
    private let derivation: PassphraseDerivation

    /// The header of a new backup, and the key for its pieces; takes as long as the cost says.
    static func make(
        _ kind: BackupKind, contentCount: UInt64, passphrase: borrowing SecretBytes, cost: PasswordHash.Cost
    ) throws(KeyFileError) -> (BackupHeader, key: HeldSecret) {
        let derivation = PassphraseDerivation(cost: cost)
        let bound =
            magic + [version, kind.rawValue] + bytes(cost.passes) + bytes(cost.memoryKiB) + derivation.salt
            + bytes(contentCount)
        let key = HeldSecret(SecretBytes(randomCount: AuthenticatedEncryption.keyCount))
        let sealed = AuthenticatedEncryption.seal(
            key.bytes, key: try derivation.key(from: passphrase), context: context(bound))
        let body = bound + sealed
        let encoded = body + KeyedBLAKE2b.hash(body).bytes
        return (
            BackupHeader(kind: kind, contentCount: contentCount, encoded: encoded, derivation: derivation), key
        )
    }

    private init(kind: BackupKind, contentCount: UInt64, encoded: [UInt8], derivation: PassphraseDerivation) {
        self.kind = kind
        self.contentCount = contentCount
        self.encoded = encoded
        self.derivation = derivation
    }

    /// Reads the first bytes of a file; throws `.foreign`, `.truncated`, `.corrupt` or `.laterVersion`.
    init(decoding bytes: [UInt8], path: String) throws(BackupError) {
        let magic = bytes.prefix(Self.magic.count)
        guard !bytes.isEmpty, magic.elementsEqual(Self.magic.prefix(magic.count)) else { throw .foreign(path: path) }
        guard bytes.count >= Self.count else { throw .truncated(path: path) }
        let body = Array(bytes[..<(Self.count - Bytes32.count)])
        guard KeyedBLAKE2b.hash(body).bytes == Array(bytes[body.count..<Self.count]) else { throw .corrupt(path: path) }
        guard body[8] == Self.version else { throw .laterVersion(path: path) }
        guard let kind = BackupKind(rawValue: body[9]),
            let derivation = PassphraseDerivation(
                passes: UInt32(truncatingIfNeeded: Self.integer(body[10..<14])),
                memoryKiB: UInt32(truncatingIfNeeded: Self.integer(body[14..<18])), salt: Array(body[18..<34]))
        else { throw .corrupt(path: path) }
        self.init(
            kind: kind, contentCount: Self.integer(body[34..<42]), encoded: Array(bytes.prefix(Self.count)),
            derivation: derivation)
    }

    /// The key for the pieces; takes as long as the cost says. Throws `.wrongPassphrase`, or `.file(.outOfMemory)`.
    func unlock(_ passphrase: borrowing SecretBytes, path: String) throws(BackupError) -> HeldSecret {
        let bound = Array(encoded[..<Self.boundCount])
        let sealed = Array(encoded[Self.boundCount..<(Self.boundCount + Self.sealedKeyCount)])
        let derived: HeldSecret
        do {
            derived = HeldSecret(try derivation.key(from: passphrase))
        } catch {
            throw .file(error)
        }
        do {
            return HeldSecret(
                try AuthenticatedEncryption.open(sealed, key: derived.bytes, context: Self.context(bound)))
        } catch {
            throw .wrongPassphrase(path: path)
        }
    }

    /// How many bytes the whole file has; `nil` if no file can have that many.
    var fileCount: UInt64? {
        let pieces = Self.pieces(contentCount)
        let (overhead, overflow) = pieces.multipliedReportingOverflow(by: UInt64(AuthenticatedEncryption.overhead))
        let (body, tooLong) = contentCount.addingReportingOverflow(overhead)
        let (all, tooLongAgain) = body.addingReportingOverflow(UInt64(Self.count))
        return overflow || tooLong || tooLongAgain ? nil : all
    }

    /// How many pieces hold this many bytes.
    static func pieces(_ count: UInt64) -> UInt64 {
        let (whole, rest) = count.quotientAndRemainder(dividingBy: UInt64(chunkCount))
        return whole + (rest > 0 ? 1 : 0)
    }

    /// What a piece is bound to: its place.
    static func context(piece index: UInt64) -> [UInt8] { [UInt8]("portes backup piece v1 ".utf8) + bytes(index) }

    private static func context(_ bound: [UInt8]) -> [UInt8] { [UInt8]("portes backup key v1 ".utf8) + bound }

    static func bytes<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    static func integer(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
