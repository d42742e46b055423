import ArgumentParser
import AuthorityServer
import AuthorityStore
import Foundation
import KeyFiles
import KeySchedule
import LibSodium

/// `portes authority backup`: the authority's database in one sealed file.
struct AuthorityBackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Write the authority's database into one sealed file.",
        discussion: """
            Vouchers, charges, keys' dates, the key log, the revocation list, trusted verifiers. The secrets are in \
            the key directory: portes key backup. Works beside a running authority. What is published meanwhile goes \
            on in a restore if portes log export wrote it: run that often, and keep both files and directory \
            elsewhere.

            EXAMPLE: portes authority backup authority-2026-11-24.backup --backup-passphrase-file pass
            """)

    @Argument(help: "The file to write, which must not be there yet.") var file: String
    @Option(
        help: """
            The file with a passphrase for the backup, /dev/fd/3 for descriptor 3, credential:NAME for one that \
            systemd gives (default: asked for on the terminal).
            """)
    var backupPassphraseFile: String?
    @OptionGroup var options: AdminOptions

    func run() async throws {
        try BackupWriter.checkFree(file)
        let data = Setting.value(options.data, variable: "PORTES_DATA", file: try options.file()?.data)
            ?? DefaultDirectory.authorityData
        let connection = try AdminConnection(options)
        // Before what takes long: whether there is an authority at all.
        _ = try await connection.answer(to: .listVerifiers)
        let input = PassphraseInput(setting: backupPassphraseFile)
        let passphrase = try await OffPool.run {
            HeldSecret(try input.source(question: "a passphrase for the backup", isNew: true).read())
        }
        let lock = try BackupLock(data)
        defer { unlink(AuthorityBackup.snapshotPath(in: data)) }
        guard case .snapshot = try await connection.answer(to: .takeSnapshot) else {
            throw CommandFailure("the authority took no snapshot", hint: "command and server must be of one version")
        }
        let made = SystemTimeSource().now().wall
        try await OffPool.run { [file] in
            let members = try AuthorityBackup.members(in: data, at: made)
            try Progress.during("sealing the backup") { progress in
                try BackupWriter.write(
                    members, kind: .authority, to: file, passphrase: passphrase.bytes, progress: progress.show)
            }
        }
        withExtendedLifetime(lock) {}
        if options.json { try Output.json(["file": file]) } else { try Output.data(file) }
        Output.note("the secrets are not in it: portes key backup; what is published is not either: portes log export")
    }
}
