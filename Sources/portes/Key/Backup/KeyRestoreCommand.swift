import ArgumentParser
import AuthorityKeys
import AuthorityServer
import KeyFiles
import KeySchedule
import LibSodium

/// `portes key restore`: missing secrets out of a backup.
struct KeyRestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put secrets that are missing in the key directory back out of a backup.",
        discussion: """
            Replaces no file. A key that has ended or was revoked since is not put back, nor one that the authority's \
            records do not know. Where there is no key directory it is made, with the passphrase that is given. Works \
            beside a running server. Where the authority's database is lost too, all secrets are put back that were in use \
            when the backup was made: portes authority restore, which comes next, revokes those keys.

            EXAMPLE: portes key restore keys-2026-11-24.backup --passphrase-file pass
            """)

    @Argument(help: "The file that portes key backup wrote.") var file: String
    @OptionGroup var backup: BackupPassphraseOptions
    @OptionGroup var options: AdminOptions

    func run() async throws {
        let files = try AuthorityFiles(options)
        // Before anything is asked, or anybody.
        _ = try await OffPool.run { [file] in _ = try BackupReader(file, kind: .keys) }
        let inventory = try await presentInventory(files)
        if inventory == nil {
            Output.note(
                "portes: note: there is no authority in \(files.data): the keys are put back as they were; its database "
                    + "comes next, with portes authority restore")
        }
        let (plan, made, known) = try await OffPool.run { [file, backup] in
            try Self.restore(
                file, inventory, files, passphrase: backup.backupPassphraseFile.map { PassphraseInput(setting: $0) })
        }
        try show(plan, made: made, known, keys: files.keys)
    }

    /// What the authority says has to be in the key directory; `nil` if there is no authority.
    private func presentInventory(_ files: AuthorityFiles) async throws -> KeyInventory? {
        guard files.hasDatabase else { return nil }
        let reply = try await AdminConnection(files).answer(to: .takeInventory)
        guard case .inventory(let inventory) = reply else { throw reply.unexpected }
        return inventory
    }

    private static func restore(
        _ path: String, _ present: KeyInventory?, _ files: AuthorityFiles, passphrase own: PassphraseInput?
    ) throws -> (KeyRestorePlan, made: UnixTime, known: KeyInventory) {
        let reader = try BackupReader(path, kind: .keys)
        let passphrase = try PassphraseInput(setting: files.passphraseFile).source(forKeysAt: files.keys).read()
        let sealing = try own?.source(
            called: "the backup's passphrase", question: "the passphrase of the backup"
        ).read() ?? passphrase.copy()
        let opened = try Progress.during("opening the backup") { _ in
            try reader.unlock(sealing)
            return try OpenedKeyBackup(reader)
        }
        let inventory = present ?? opened.record.inventory
        guard !KeyRestorePlan.isForeign(opened.record.inventory, to: inventory) else {
            throw CommandFailure(
                "\(path) is a backup of another authority: \(opened.record.inventory.issuer ?? "one without a name")",
                hint: "name a backup of this one, or the other's directories with --data and --keys")
        }
        for (name, secret) in opened.secrets where !AuthorityKeyring.isSecret(secret.bytes, of: name) {
            throw BackupError.corrupt(path: path)
        }
        let plan = KeyRestorePlan(opened.secrets.map(\.name), inventory: inventory) {
            KeyDirectory.holds($0, at: files.keys)
        }
        try store(plan, opened, in: files.keys, passphrase)
        return (plan, opened.record.made, inventory)
    }

    private static func store(
        _ plan: KeyRestorePlan, _ opened: OpenedKeyBackup, in path: String, _ passphrase: borrowing SecretBytes
    ) throws {
        let missing = zip(plan.decisions, opened.secrets).filter { $0.0.decision == .restore }.map(\.1)
        guard !missing.isEmpty else { return }
        try Progress.during("putting \(missing.count) secrets back") { progress in
            let keys = try KeyDirectory(path, passphrase: passphrase)
            for (index, item) in missing.enumerated() {
                try keys.store(item.secret.bytes, as: item.name)
                progress.show(Double(index + 1) / Double(missing.count))
            }
        }
    }

    private func show(_ plan: KeyRestorePlan, made: UnixTime, _ inventory: KeyInventory, keys: String) throws {
        if options.json {
            try Output.json(plan.decisions.map { ["file": $0.name.fileName, "result": $0.decision.text] })
        } else {
            try Table(
                ["ID", "PURPOSE", "RESULT"],
                plan.decisions.map { [String($0.name.fileName.prefix(16)), $0.name.purpose.rawValue, $0.decision.text] }
            ).print()
        }
        Output.note("the backup was made at \(KeyTable.date(made))")
        for (name, decision) in plan.decisions {
            switch decision {
            case .restore, .present: break
            case .over(let state):
                Output.note(
                    """
                    key \(name.fileName.prefix(16)) is not restored: the authority's records say it is \(state.rawValue)
                    """)
            case .unknown:
                Output.note("\(name.fileName.prefix(16)) is not restored: the authority's records do not know it")
            }
        }
        warnOfMissing(inventory, keys: keys)
    }

    /// Keys in use without a secret keep the authority from starting.
    private func warnOfMissing(_ inventory: KeyInventory, keys: String) {
        for key in inventory.keys where ![.ended, .revoked].contains(key.state) {
            let name = KeyFileName(fileName: key.id + "." + KeyPurpose.token.rawValue)
            guard let name, !KeyDirectory.holds(name, at: keys) else { continue }
            let (id, state) = (key.id.prefix(16), key.state.rawValue)
            Output.warning(
                "key \(id) of \(key.record.capability) is \(state) and its secret is still missing",
                hint: "restore a later backup, or give the key up: portes key revoke \(id)")
        }
    }
}
