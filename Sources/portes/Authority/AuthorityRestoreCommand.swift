import ArgumentParser
import AuthorityServer
import AuthorityStore
import Foundation
import KeyFiles
import KeySchedule
import LibSodium
import SQLiteSupport

/// `portes authority restore`: an authority's database out of its backup.
struct AuthorityRestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put the authority's database back out of its backup.",
        discussion: """
            The backup has forgotten what was charged since. So every key that issues, will, or did until the backup \
            is revoked, for the reason authority-restored; vouchers get back what they drew under these keys as far as the backup knows, \
            and the next keys begin at once. Their secrets go into the key directory, which must be the one of this \
            authority (portes key restore).

            What was published since the backup cannot be taken back: clients and clearing servers refuse a log or a \
            list that is shorter than before. Name with --log what portes log export wrote last, or say with \
            --nothing-newer that no key was changed and nothing revoked since the backup.

            The directory that is there now is kept beside the new one. No server may run on it.

            EXAMPLE: portes authority restore authority-2026-11-24.backup --log exported --keys keys
            """)

    @Argument(help: "The file that portes authority backup wrote.") var file: String
    @Option(help: "The directory that portes log export wrote last.") var log: String?
    @Flag(help: "Nothing was published since the backup: no key made, ended or revoked, no token revoked.")
    var nothingNewer = false
    @Option(
        help: """
            The file with the backup's passphrase, /dev/fd/3 for descriptor 3, credential:NAME for one that systemd \
            gives (default: asked for on the terminal).
            """)
    var backupPassphraseFile: String?
    @Flag(help: "Do not ask.") var yes = false
    @OptionGroup var options: AdminOptions

    func validate() throws {
        guard (log != nil) != nothingNewer else {
            throw ValidationError("give --log DIR, or --nothing-newer if nothing was published since the backup")
        }
    }

    func run() async throws {
        let file = try options.file()
        let data = Setting.value(options.data, variable: "PORTES_DATA", file: file?.data) ?? DefaultDirectory.authorityData
        let keys = Setting.value(options.keys, variable: "PORTES_KEYS", file: file?.keys) ?? DefaultDirectory.keys
        let backup = PassphraseInput(setting: backupPassphraseFile)
        let restore = try await OffPool.run { [path = self.file] in try Self.unpack(path, into: data, backup) }
        do {
            let keyPassphrase = PassphraseInput(setting: options.passphrase.file(file?.passphraseFile))
            let openKeys = try await OffPool.run { try keyPassphrase.openKeys(at: keys) }
            let plan = try await OffPool.run { [log] in try AuthorityRestorePlan(restore, log: log) }
            if yes { Output.note(plan.words) } else { try Confirmation.ask(plan.words) }
            let result = try await OffPool.run {
                try plan.carryOut(restore, keysAt: keys, openKeys: openKeys)
            }
            try result.show(json: options.json)
        } catch {
            try? await OffPool.run { restore.discard() }
            throw error
        }
    }

    /// Checks the backup, takes the directory for this process, and unpacks the one beside the other.
    private static func unpack(
        _ file: String, into data: String, _ input: PassphraseInput
    ) throws -> AuthorityRestore {
        let reader = try BackupReader(file, kind: .authority)
        let isNew = !FileManager.default.fileExists(atPath: data)
        let directory = try DataDirectory(path: data, side: .authority)
        do {
            let passphrase = try input.source(question: "the passphrase of the backup").read()
            try Progress.during("deriving the key from the passphrase") { _ in try reader.unlock(passphrase) }
            return try Progress.during("copying the database") { progress in
                try AuthorityRestore(reader, into: directory, isNew: isNew, progress: progress.show)
            }
        } catch {
            if isNew { _ = directory.unmake() }
            throw error
        }
    }
}
