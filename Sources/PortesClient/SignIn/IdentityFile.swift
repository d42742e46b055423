public import Identity
internal import LibSodium

/// The file with a person's identity on their device, of mode 0600, which this value alone uses until it is released.
///
/// It is not encrypted: whoever reads it is that person. An app keeps ``KeptIdentity/encoded()`` in the system's key
/// store instead where there is one. Replaced whole and durably; whenever the machine stops, the old or the new is
/// there.
public final class IdentityFile: Sendable {
    private let file: WalletFile

    /// Takes the lock of the file at `path` without waiting. Unless `mayBeAbsent` it throws
    /// ``IdentityFileError/absent`` if there is none.
    public init(path: String, mayBeAbsent: Bool = false) throws(IdentityFileError) {
        do { file = try WalletFile(path: path, mayBeAbsent: mayBeAbsent) } catch { throw IdentityFileError(error) }
    }

    /// The identity in a file that another process may have: for its keys alone. Throws ``IdentityFileError``.
    public static func read(path: String) throws(IdentityFileError) -> KeptIdentity {
        let file: WalletFile
        do { file = try WalletFile(readingAt: path) } catch { throw IdentityFileError(error) }
        return try IdentityFile(file).read()
    }

    private init(_ file: WalletFile) { self.file = file }

    /// The identity; throws ``IdentityFileError``.
    public func read() throws(IdentityFileError) -> KeptIdentity {
        guard var bytes = try contents() else { throw .absent }
        defer { SecretBytes.wipe(&bytes) }
        do { return try KeptIdentity(decoding: SecretBytes(copying: bytes)) } catch { throw .unreadable(error) }
    }

    /// Writes an identity where there is none; throws ``IdentityFileError/exists`` rather than replace one.
    public func create(_ identity: borrowing KeptIdentity) throws(IdentityFileError) {
        guard try contents() == nil else { throw .exists }
        try replace(with: identity)
    }

    /// The identity, or a new one that is written first, where there is none; throws ``IdentityFileError``.
    ///
    /// An app that makes one so shows its ``RecoveryCode`` at some time: without it the identity is lost with the
    /// device.
    public func readOrCreate() throws(IdentityFileError) -> KeptIdentity {
        if try contents() == nil { try replace(with: KeptIdentity()) }
        return try read()
    }

    /// Replaces the identity.
    public func replace(with identity: borrowing KeptIdentity) throws(IdentityFileError) {
        var bytes = identity.encoded().withUnsafeBytes { Array($0) }
        defer { SecretBytes.wipe(&bytes) }
        do { try file.replace(with: bytes) } catch { throw IdentityFileError(error) }
    }

    /// Removes the file, after its bytes were overwritten where the disk does that.
    public func remove() throws(IdentityFileError) {
        do { try file.remove() } catch { throw IdentityFileError(error) }
    }

    private func contents() throws(IdentityFileError) -> [UInt8]? {
        do { return try file.read() } catch { throw IdentityFileError(error) }
    }
}

/// Why an identity's file could not be used.
public enum IdentityFileError: Error, Sendable, Hashable {
    /// There is no file.
    case absent
    /// There is one already.
    case exists
    /// Another process has it.
    case inUse
    /// Its bytes are no identity that this library reads.
    case unreadable(KeptIdentityError)
    /// The system does not let it be used, for this reason: a code of `errno`.
    case fileSystem(code: Int32)

    init(_ error: WalletError) {
        self =
            switch error {
            case .absent: .absent
            case .inUse: .inUse
            case .fileSystem(let code): .fileSystem(code: code)
            // No other comes of a file alone.
            default: .unreadable(.corrupt)
            }
    }
}
