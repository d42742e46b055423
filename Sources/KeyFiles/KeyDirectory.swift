import Foundation
package import LibSodium
import Synchronization

/// A directory of sealed secrets, unlocked with its passphrase.
///
/// Every call blocks on the disk, and opening takes the second that Argon2id is meant to take: call from a
/// thread that may wait. Throws ``KeyFileError`` throughout.
package final class KeyDirectory: Sendable {
    private let handle: DirectoryHandle
    private let key: WrappingKey
    /// Whether this value made the directory, and what it stored.
    private let isNew: Bool
    private let stored = Mutex<[KeyFileName]>([])

    /// The directory's path.
    package var path: String { handle.path }

    /// Opens the directory at `path`, or makes it with this passphrase; `cost` counts only when it is made.
    ///
    /// Throws `.wrongPassphrase` if the directory has another one.
    package init(_ path: String, passphrase: borrowing SecretBytes, cost: PasswordHash.Cost = .moderate) throws {
        let handle = try DirectoryHandle(path)
        self.handle = handle
        do throws(KeyFileError) {
            key = try Self.unlock(handle, passphrase)
            isNew = false
        } catch .notFound {
            do {
                (key, isNew) = try Self.setUp(handle, passphrase, cost: cost)
            } catch {
                handle.unmake()
                throw error
            }
        }
    }

    /// Takes the directory away again if this value made it, with the secrets stored through it: for a first command
    /// that fails. What others put there stays, and so does the directory then.
    package func unmake() {
        guard isNew else { return }
        for name in stored.withLock({ $0 }) { try? handle.destroy(name.fileName) }
        if (try? handle.entries()) == [Wrapping.fileName] { try? handle.destroy(Wrapping.fileName) }
        handle.unmake()
    }

    /// Whether the file of a secret is in the directory at `path`, which need not be unlocked, or there.
    package static func holds(_ name: KeyFileName, at path: String) -> Bool {
        access(path + "/" + name.fileName, F_OK) == 0
    }

    /// The names of the secrets for `purpose` in the directory at `path`, which need not be unlocked, or there.
    package static func names(for purpose: KeyPurpose, at path: String) -> [KeyFileName] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.compactMap { KeyFileName(fileName: $0) }.filter { $0.purpose == purpose }
    }

    /// Whether a key directory was made at `path`: if not, its passphrase is new and worth asking for twice.
    package static func exists(at path: String) -> Bool {
        access(path + "/" + Wrapping.fileName, F_OK) == 0
    }

    private static func unlock(
        _ handle: DirectoryHandle, _ passphrase: borrowing SecretBytes
    ) throws(KeyFileError) -> WrappingKey {
        let bytes = try handle.read(Wrapping.fileName)
        return try Wrapping(decoding: bytes, path: handle.path(of: Wrapping.fileName))
            .unlock(passphrase, directory: handle.path)
    }

    /// Puts the passphrase `new` in the place of `old` in the directory at `path`, which is not made.
    ///
    /// One small file changes, whole and durably or not at all: whenever this is cut off, `old` or `new` opens
    /// everything. Nothing that is sealed changes, so a process that has the directory open goes on. A copy of the
    /// file `wrapping.json` from before still opens with `old`. Throws `.notFound`, `.wrongPassphrase`, or `.changed`
    /// if another change came first.
    package static func changePassphrase(
        at path: String, from old: borrowing SecretBytes, to new: borrowing SecretBytes,
        cost: PasswordHash.Cost = .moderate
    ) throws {
        let handle = try DirectoryHandle(path, mustExist: true)
        let before = try handle.read(Wrapping.fileName)
        let key = try Wrapping(decoding: before, path: handle.path(of: Wrapping.fileName))
            .unlock(old, directory: path)
        let after = try Wrapping.encoded(sealing: key, passphrase: new, cost: cost)
        try handle.replace(Wrapping.fileName, before, with: after)
    }

    private static func setUp(
        _ handle: DirectoryHandle, _ passphrase: borrowing SecretBytes, cost: PasswordHash.Cost
    ) throws -> (WrappingKey, isNew: Bool) {
        // New parameters would make what is here unreadable for ever.
        guard try handle.entries().allSatisfy({ KeyFileName(fileName: $0) == nil }) else {
            throw KeyFileError.wrappingMissing(directory: handle.path)
        }
        let key = WrappingKey.random()
        let bytes = try Wrapping.encoded(sealing: key, passphrase: passphrase, cost: cost)
        if try isFirst(handle, bytes) { return (key, true) }
        return (try unlock(handle, passphrase), false)
    }

    /// Whether these bytes became the wrapping: not where another process was faster.
    private static func isFirst(_ handle: DirectoryHandle, _ bytes: [UInt8]) throws(KeyFileError) -> Bool {
        do {
            try handle.create(Wrapping.fileName, bytes)
            return true
        } catch .exists {
            return false
        }
    }

    /// Seals and stores a secret of at most 65,000 bytes durably; throws `.exists` rather than replace one.
    package func store(_ secret: borrowing SecretBytes, as name: KeyFileName) throws {
        precondition(secret.count <= 65_000, "a key file holds at most 65,000 bytes")
        let sealed = AuthenticatedEncryption.seal(secret, key: key.secret, context: Self.context(name))
        try handle.create(name.fileName, SealedFile(directory: key.directory, sealed: sealed).encoded)
        if isNew { stored.withLock { $0.append(name) } }
    }

    /// The secret of this name, opened into guarded memory.
    package func load(_ name: KeyFileName) throws -> SecretBytes {
        let path = handle.path(of: name.fileName)
        let file = try SealedFile(decoding: handle.read(name.fileName), path: path)
        guard file.directory == key.directory else { throw KeyFileError.foreign(path: path) }
        do {
            return try AuthenticatedEncryption.open(file.sealed, key: key.secret, context: Self.context(name))
        } catch {
            // The digest was right: nothing was damaged, the file had another name.
            throw KeyFileError.foreign(path: path)
        }
    }

    /// The names of all secrets here, sorted by id; other files are passed over.
    package func list() throws -> [KeyFileName] {
        try handle.entries().compactMap(KeyFileName.init(fileName:))
    }

    /// Overwrites and removes a secret, durably; a copy in a backup or a snapshot of the disk stays.
    package func destroy(_ name: KeyFileName) throws {
        try handle.destroy(name.fileName)
    }

    private static func context(_ name: KeyFileName) -> [UInt8] {
        [UInt8]("portes key file v1 \(name.purpose.rawValue) ".utf8) + name.id.bytes
    }
}
