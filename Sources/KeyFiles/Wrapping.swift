import Foundation
import LibSodium

/// How a directory's wrapping key comes from its passphrase: what `wrapping.json` holds.
struct Wrapping: Codable {
    static let fileName = "wrapping.json"
    private static let currentVersion = 1
    private static let checkContext = [UInt8]("portes wrapping check v1".utf8)

    let version: Int
    let algorithm: String
    let passes: UInt32
    let memoryKiB: UInt32
    /// 16 bytes.
    let salt: String
    /// A known message sealed under the wrapping key: opens only with the right passphrase.
    let check: String
    /// BLAKE2b over the other fields: tells damage from a wrong passphrase.
    private(set) var digest: String

    /// New parameters for a passphrase, and the key they lead to.
    static func make(
        passphrase: borrowing SecretBytes, cost: PasswordHash.Cost
    ) throws(KeyFileError) -> (Wrapping, WrappingKey) {
        let salt = Randomness.bytes(PasswordHash.saltCount)
        let key = try derive(passphrase, salt: salt, cost: cost)
        let check = AuthenticatedEncryption.seal(
            SecretBytes(copying: checkContext), key: key.secret, context: checkContext)
        var wrapping = Wrapping(
            version: currentVersion, algorithm: "argon2id", passes: cost.passes, memoryKiB: cost.memoryKiB,
            salt: Hex.encode(salt), check: Hex.encode(check), digest: "")
        wrapping.digest = wrapping.expectedDigest
        return (wrapping, key)
    }

    /// Reads the file's bytes; throws `.truncated`, `.corrupt` or `.laterVersion` with `path`.
    init(decoding bytes: [UInt8], path: String) throws(KeyFileError) {
        guard let last = bytes.last, last == UInt8(ascii: "\n") else { throw .truncated(path: path) }
        guard let wrapping = try? JSONDecoder().decode(Wrapping.self, from: Data(bytes)),
            wrapping.digest == wrapping.expectedDigest
        else { throw .corrupt(path: path) }
        guard wrapping.version == Self.currentVersion else { throw .laterVersion(path: path) }
        self = wrapping
    }

    private init(
        version: Int, algorithm: String, passes: UInt32, memoryKiB: UInt32, salt: String, check: String, digest: String
    ) {
        self.version = version
        self.algorithm = algorithm
        self.passes = passes
        self.memoryKiB = memoryKiB
        self.salt = salt
        self.check = check
        self.digest = digest
    }

    /// The file's bytes: JSON with sorted keys and a newline at its end.
    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return try Array(encoder.encode(self)) + [UInt8(ascii: "\n")]
    }

    /// The wrapping key; takes as long as the cost says. Throws `.wrongPassphrase`, `.corrupt` or `.outOfMemory`.
    func unlock(_ passphrase: borrowing SecretBytes, directory: String) throws(KeyFileError) -> WrappingKey {
        guard algorithm == "argon2id", let cost = PasswordHash.Cost(passes: passes, memoryKiB: memoryKiB),
            let salt = Hex.decode(salt), salt.count == PasswordHash.saltCount, let check = Hex.decode(check)
        else { throw .corrupt(path: directory + "/" + Self.fileName) }
        let key = try Self.derive(passphrase, salt: salt, cost: cost)
        do {
            _ = try AuthenticatedEncryption.open(check, key: key.secret, context: Self.checkContext)
        } catch {
            throw .wrongPassphrase(directory: directory)
        }
        return key
    }

    private static func derive(
        _ passphrase: borrowing SecretBytes, salt: [UInt8], cost: PasswordHash.Cost
    ) throws(KeyFileError) -> WrappingKey {
        do {
            let secret = try PasswordHash.deriveKey(passphrase: passphrase, salt: salt, cost: cost)
            return WrappingKey(secret: secret, directory: Array(KeyedBLAKE2b.hash(salt).bytes.prefix(16)))
        } catch {
            throw .outOfMemory
        }
    }

    private var expectedDigest: String {
        let fields = "\(version) \(algorithm) \(passes) \(memoryKiB) \(salt) \(check)"
        return Hex.encode(KeyedBLAKE2b.hash([UInt8](fields.utf8)).bytes)
    }
}

/// The key that all secrets of one directory are sealed under.
final class WrappingKey: Sendable {
    /// 32 bytes.
    let secret: SecretBytes
    /// Names the directory in its files, 16 bytes; follows from the salt.
    let directory: [UInt8]

    init(secret: consuming SecretBytes, directory: [UInt8]) {
        self.secret = secret
        self.directory = directory
    }
}
