import LibSodium

/// How a directory's passphrase leads to its wrapping key: what `wrapping.json` says.
///
/// In version 2, the one that is written, the wrapping key is random and sealed under the key that Argon2id derives
/// from the passphrase: so the passphrase can change while everything that is sealed stays as it is. In version 1 the
/// derived key was the wrapping key itself.
struct Wrapping {
    static let fileName = "wrapping.json"

    private let derivation: PassphraseDerivation
    private let form: Form

    private enum Form {
        /// Version 1: a known message sealed under the derived key, which opens only with the right passphrase.
        case derived(check: [UInt8])
        /// Version 2: the wrapping key sealed under the derived key, and the directory's name, which is bound to it.
        case sealed(key: [UInt8], directory: [UInt8])
    }

    private static let checkContext = [UInt8]("portes wrapping check v1".utf8)

    private static func context(_ directory: [UInt8]) -> [UInt8] {
        [UInt8]("portes wrapping key v2 ".utf8) + directory
    }

    /// The bytes of a file, in version 2, in which a wrapping key is sealed for a passphrase; throws `.outOfMemory`.
    static func encoded(
        sealing key: WrappingKey, passphrase: borrowing SecretBytes, cost: PasswordHash.Cost
    ) throws -> [UInt8] {
        let derivation = PassphraseDerivation(cost: cost)
        let sealed = AuthenticatedEncryption.seal(
            key.secret, key: try derivation.key(from: passphrase), context: context(key.directory))
        return try WrappingFields([
            "version": .number(2), "algorithm": .text("argon2id"), "passes": .number(Int64(cost.passes)),
            "memoryKiB": .number(Int64(cost.memoryKiB)), "salt": .text(Hex.encode(derivation.salt)),
            "directory": .text(Hex.encode(key.directory)), "sealed": .text(Hex.encode(sealed)),
        ]).encoded()
    }

    /// Reads the file's bytes; throws `.truncated`, `.corrupt` or `.laterVersion` with `path`.
    init(decoding bytes: [UInt8], path: String) throws(KeyFileError) {
        guard bytes.last == UInt8(ascii: "\n") else { throw .truncated(path: path) }
        guard let fields = WrappingFields(decoding: bytes), let version = fields.number("version") else {
            throw .corrupt(path: path)
        }
        guard version <= 2 else { throw .laterVersion(path: path) }
        guard fields.text("algorithm") == "argon2id",
            let passes = fields.number("passes").flatMap(UInt32.init(exactly:)),
            let memory = fields.number("memoryKiB").flatMap(UInt32.init(exactly:)), let salt = fields.bytes("salt"),
            let derivation = PassphraseDerivation(passes: passes, memoryKiB: memory, salt: salt),
            let form = Self.form(version, fields)
        else { throw .corrupt(path: path) }
        self.derivation = derivation
        self.form = form
    }

    private static func form(_ version: Int64, _ fields: WrappingFields) -> Form? {
        switch version {
        case 1: return fields.bytes("check").map { .derived(check: $0) }
        case 2:
            guard let key = fields.bytes("sealed"), let directory = fields.bytes("directory"), directory.count == 16
            else { return nil }
            return .sealed(key: key, directory: directory)
        default: return nil
        }
    }

    /// The wrapping key; takes as long as the cost says. Throws `.wrongPassphrase` or `.outOfMemory`.
    func unlock(_ passphrase: borrowing SecretBytes, directory path: String) throws(KeyFileError) -> WrappingKey {
        let derived = try derivation.key(from: passphrase)
        // Where it does not open, nothing was damaged: the digest was right.
        switch form {
        case .derived(let check):
            guard Self.opens(check, key: derived) else { throw .wrongPassphrase(directory: path) }
            let name = KeyedBLAKE2b.hash(derivation.salt).bytes.prefix(16)
            return WrappingKey(secret: derived, directory: Array(name))
        case .sealed(let sealed, let directory):
            guard let key = Self.open(sealed, key: derived, directory: directory) else {
                throw .wrongPassphrase(directory: path)
            }
            return key
        }
    }

    private static func opens(_ check: [UInt8], key: borrowing SecretBytes) -> Bool {
        do {
            _ = try AuthenticatedEncryption.open(check, key: key, context: checkContext)
            return true
        } catch {
            return false
        }
    }

    private static func open(_ sealed: [UInt8], key: borrowing SecretBytes, directory: [UInt8]) -> WrappingKey? {
        do {
            let secret = try AuthenticatedEncryption.open(sealed, key: key, context: context(directory))
            return WrappingKey(secret: secret, directory: directory)
        } catch {
            return nil
        }
    }
}
