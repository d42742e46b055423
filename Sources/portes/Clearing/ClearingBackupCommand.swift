import ArgumentParser
import ClearingStore
import Foundation
import KeyFiles
import KeySchedule
import LibSodium

/// `portes clearing backup`: the ledger and the server's keys in one sealed file.
struct ClearingBackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Write the ledger and the server's own keys into one sealed file.",
        discussion: """
            Works beside a running server, which goes on meanwhile. The ledger is out of date with the next spend: \
            after a restore no key that the backup knows is accepted here any more. It needs room for one more copy of \
            the database in the data directory until the file is written.

            EXAMPLE: portes clearing backup shop-2026-11-24.backup --passphrase-file pass
            """)

    @Argument(help: "The file to write, which must not be there yet.") var file: String
    @Option(help: "The data directory (environment: PORTES_DATA; default: Data/clearing).") var data: String?
    @Option(help: "The configuration file (environment: PORTES_CONFIG).") var config: String?
    @Option(
        help: """
            The file with the backup's passphrase, /dev/fd/3 for descriptor 3, credential:NAME for one that systemd \
            gives (environment: PORTES_PASSPHRASE_FILE; default: asked for on the terminal).
            """)
    var passphraseFile: String?
    @Flag(help: "Print the result as JSON.") var json = false

    func run() async throws {
        let section = try ConfigurationFile.read(Setting.value(config, variable: "PORTES_CONFIG", file: nil)).clearing
        let data = ClearingSettings.data(data, section?.data)
        try BackupWriter.checkFree(file)
        guard FileManager.default.fileExists(atPath: data) else {
            throw ClearingStoreError.nothingToBackUp(directory: data)
        }
        let input = PassphraseInput(
            setting: Setting.value(passphraseFile, variable: "PORTES_PASSPHRASE_FILE", file: nil))
        // Before what takes long.
        let passphrase = try await OffPool.run {
            HeldSecret(try input.source(question: "a passphrase for the backup", isNew: true).read())
        }
        let snapshot = try await ClearingSnapshot(of: data)
        let made = SystemTimeSource().now().wall
        try await OffPool.run { [file] in
            let members = try ClearingBackup.members(in: data, at: made)
            try Progress.during("sealing the backup") { progress in
                try BackupWriter.write(
                    members, kind: .clearing, to: file, passphrase: passphrase.bytes, progress: progress.show)
            }
        }
        withExtendedLifetime(snapshot) {}
        if json {
            try Output.json(Result(file: file, made: made))
        } else {
            try Output.data(file)
        }
    }

    private struct Result: Encodable {
        let file: String
        let made: UnixTime
    }
}
