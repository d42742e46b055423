import ArgumentParser
import AuthorityServer
import KeyFiles
import KeySchedule
import LibSodium

/// `portes key backup`: all secrets of the key directory in one sealed file.
struct KeyBackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Write all secrets of the key directory into one sealed file.",
        discussion: """
            The file opens with the key directory's passphrase of this time, or with one given for it. It also says \
            which keys there are, and in what state, so that a restore can tell what has moved on. Works beside a \
            running server. Make a new one after every new key; to have an authority back, its data is needed too.

            EXAMPLE: portes key backup keys-2026-11-24.backup --passphrase-file pass
            """)

    @Argument(help: "The file to write, which must not be there yet.") var file: String
    @OptionGroup var backup: BackupPassphraseOptions
    @OptionGroup var options: AdminOptions

    func run() async throws {
        try BackupWriter.checkFree(file)
        let files = try AuthorityFiles(options)
        let reply = try await AdminConnection(files).answer(to: .takeInventory)
        guard case .inventory(let inventory) = reply else { throw reply.unexpected }
        guard KeyDirectory.exists(at: files.keys) else {
            throw CommandFailure(
                "there is no key directory at \(files.keys)", hint: "name it with --keys or PORTES_KEYS")
        }
        let record = KeyBackupRecord(made: SystemTimeSource().now().wall, inventory: inventory)
        let names = try await OffPool.run { [file, backup] in
            let own = backup.backupPassphraseFile.map { PassphraseInput(setting: $0) }
            return try Self.write(record, of: files, passphrase: own, to: file)
        }
        try show(names, record)
    }

    /// Writes the backup and gives the names of the files whose secrets it holds.
    private static func write(
        _ record: KeyBackupRecord, of files: AuthorityFiles, passphrase own: PassphraseInput?, to path: String
    ) throws -> [String] {
        let passphrase = try PassphraseInput(setting: files.passphraseFile).source(forKeysAt: files.keys).read()
        let keys = try Progress.during("deriving the key from the passphrase") { _ in
            try KeyDirectory(files.keys, passphrase: passphrase)
        }
        let names = try keys.list()
        let members = try [BackupMember(KeyBackupRecord.memberName, bytes: record.encoded())]
            + names.map { BackupMember($0.fileName, secret: try keys.load($0)) }
        let sealing = try own?.source(
            called: "the backup's passphrase", question: "a passphrase for the backup", isNew: true
        ).read() ?? passphrase.copy()
        try Progress.during("sealing the backup") { progress in
            try BackupWriter.write(members, kind: .keys, to: path, passphrase: sealing, progress: progress.show)
        }
        return names.map(\.fileName)
    }

    private func show(_ names: [String], _ record: KeyBackupRecord) throws {
        if options.json {
            try Output.json(KeyBackupResult(file: file, made: record.made, secrets: names))
        } else {
            try Output.data("\(file)  \(names.count) secrets")
        }
        let missing = record.inventory.keys.filter { key in
            ![.ended, .revoked].contains(key.state) && !names.contains(key.id + "." + KeyPurpose.token.rawValue)
        }
        for key in missing {
            Output.warning(
                "the secret of key \(key.id.prefix(16)) of \(key.record.capability) is not in the key directory",
                hint: "the authority does not start without it: portes key restore FILE with a backup that has it")
        }
    }
}

/// What a backup holds, for programs.
private struct KeyBackupResult: Encodable {
    let file: String
    let made: UnixTime
    let secrets: [String]
}
