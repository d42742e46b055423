import AuthorityKeys
import AuthorityStore
import KeyFiles
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
}
