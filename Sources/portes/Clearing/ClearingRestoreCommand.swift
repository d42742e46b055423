import ArgumentParser
import ClearingServer
import ClearingStore
import Foundation
import KeyFiles
import LibSodium
import SQLiteSupport

/// `portes clearing restore`: a clearing server out of its backup.
struct ClearingRestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a clearing server back out of its backup.",
        discussion: """
            What was spent since the backup is not known, and must not be spent again. So none of the keys that the \
            backup knows is ever accepted here again, nor any other that has begun by now: the authority is asked for \
            the time. The commands that are printed, given by the authority's admin, revoke those keys, give vouchers \
            back what was drawn under them, and bring the next keys forward, which are accepted here as usual.

            The directory that is there now is kept beside the new one. No server may run on it.

            EXAMPLE: portes clearing restore shop.backup --issuer https://issuer.example --passphrase-file pass
            """)

    @Argument(help: "The file that portes clearing backup wrote.") var file: String
    @Option(help: "The data directory (environment: PORTES_DATA; default: Data/clearing).") var data: String?
    @Option(help: "The configuration file (environment: PORTES_CONFIG).") var config: String?
    @Option(help: "The authority's URL, for example https://issuer.example (environment: PORTES_ISSUER).")
    var issuer: String?
    @Option(
        help: """
            The key that signs the authority's deliveries, base64url (environment: PORTES_AUTHORITY_KEY; default: the \
            one that the backup has pinned).
            """)
    var authorityKey: String?
    @Option(
        name: [.customLong("certificate-authority"), .customLong("authority-certificate")],
        help: """
            A PEM file of certificate authorities to trust for the authority's URL (environment: \
            PORTES_AUTHORITY_CERTIFICATE).
            """)
    var certificateAuthority: String?
    @Option(
        help: """
            The file with the backup's passphrase, /dev/fd/3 for descriptor 3, credential:NAME for one that systemd \
            gives (environment: PORTES_PASSPHRASE_FILE; default: asked for on the terminal).
            """)
    var passphraseFile: String?
    @Flag(help: "Do not ask.") var yes = false
    @Flag(help: "Print the result as JSON.") var json = false

    func run() async throws {
        let section = try ConfigurationFile.read(Setting.value(config, variable: "PORTES_CONFIG", file: nil)).clearing
        let data = ClearingSettings.data(data, section?.data)
        let url = try ClearingSettings.issuerURL(issuer, section?.issuer)
        let given = try ClearingSettings.pinnedKey(authorityKey, section?.authorityKey)
        let certificates = Setting.value(
            certificateAuthority, variable: "PORTES_AUTHORITY_CERTIFICATE", file: section?.authorityCertificate)
        let input = PassphraseInput(
            setting: Setting.value(passphraseFile, variable: "PORTES_PASSPHRASE_FILE", file: nil))
        let restore = try await OffPool.run { [file] in try Self.unpack(file, into: data, input) }
        do {
            let authority = try authority(given, restore.contents)
            let inquiry = try await AuthorityInquiry(
                issuerURL: url, certificateAuthorityFile: certificates, authority: authority,
                contents: restore.contents)
            let plan = ClearingRestorePlan(restore.contents, inquiry, data: data)
            if yes { Output.note(plan.words) } else { try Confirmation.ask(plan.words, afterwards: plan.afterwards) }
            let replaced = try await OffPool.run {
                try Progress.during("writing tombstones") { _ in try restore.finish(floor: plan.floor, refusing: plan.begun) }
            }
            try plan.show(replaced: replaced, json: json)
        } catch {
            try? await OffPool.run { restore.discard() }
            throw error
        }
    }

    /// Checks the backup, takes the directory for this process, and unpacks the one beside the other.
    private static func unpack(_ file: String, into data: String, _ input: PassphraseInput) throws -> ClearingRestore {
        let reader = try BackupReader(file, kind: .clearing)
        let isNew = !FileManager.default.fileExists(atPath: data)
        let directory = try DataDirectory(path: data, side: .clearing)
        do {
            let passphrase = try input.source(question: "the passphrase of the backup").read()
            try Progress.during("deriving the key from the passphrase") { _ in try reader.unlock(passphrase) }
            return try Progress.during("copying the ledger") { progress in
                try ClearingRestore(reader, into: directory, isNew: isNew, progress: progress.show)
            }
        } catch {
            if isNew { _ = directory.unmake() }
            throw error
        }
    }

    private func authority(_ given: AuthorityKey?, _ contents: ClearingBackupContents) throws -> AuthorityKey {
        if let given, let pinned = contents.authority, given != pinned {
            throw CommandFailure(
                "the backup is of a server of another authority: it has pinned \(pinned.text)",
                hint: "leave --authority-key out, or name the backup that is meant")
        }
        guard let key = given ?? contents.authority else {
            throw CommandFailure(
                "the backup has pinned no authority",
                hint: "give --authority-key with what portes authority show --key prints at the authority")
        }
        return key
    }
}
