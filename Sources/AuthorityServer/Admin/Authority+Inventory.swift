import AuthorityKeys
import AuthorityStore
import KeyFiles
import KeySchedule
import PrivacyPass

extension Authority {
    /// What has to be in the key directory: for backups of it.
    func inventory() throws -> KeyInventory {
        let settings = try database.settings()
        return try KeyInventory(
            issuer: settings.issuerName?.text,
            signingFiles: AuthorityKeyring.signingFiles(settings.publicKeys).map(\.fileName),
            keys: database.keys().map(summary))
    }

    /// How many secrets in the key directory at `path` are of keys that this authority never had on record: a process
    /// that died while it made a key leaves one, and so does a database that is older than the directory. Blocks.
    package func strayKeyCount(at path: String) throws -> Int {
        try AuthorityKeyring.tokenKeys(at: path).subtracting(database.keys().map(\.record.id)).count
    }
}
