import ArgumentParser
import KeyFiles
import LibSodium

/// `portes key passphrase`: what opens the key directory.
struct KeyPassphraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "passphrase", abstract: "Change the passphrase of the key directory.",
        subcommands: [KeyPassphraseChangeCommand.self])
}

/// `portes key passphrase change`: another passphrase, for the same keys.
struct KeyPassphraseChangeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change",
        abstract: "Put another passphrase in the place of the key directory's.",
        discussion: """
            Replaces one small file, wrapping.json, whole or not at all: the old or the new passphrase opens \
            everything. No key changes, and a running server goes on. A copy of wrapping.json from before still opens \
            with the old passphrase: if that is known to others, they may have the keys, which must be revoked then.

            EXAMPLE: portes key passphrase change --passphrase-file old --new-passphrase-file new
            """)

    @Option(help: "The key directory (environment: PORTES_KEYS; default: Keys).") var keys: String?
    @Option(help: "The configuration file (environment: PORTES_CONFIG).") var config: String?
    @OptionGroup var passphrase: PassphraseOptions
    @Option(
        help: """
            The file with the new passphrase, /dev/fd/4 for descriptor 4, credential:NAME for one that systemd gives \
            (default: asked for on the terminal, twice).
            """)
    var newPassphraseFile: String?
    @Flag(help: "Print the result as JSON.") var json = false

    func run() async throws {
        let file = try ConfigurationFile.read(Setting.value(config, variable: "PORTES_CONFIG", file: nil)).authority
        let path = Setting.value(keys, variable: "PORTES_KEYS", file: file?.keys) ?? DefaultDirectory.keys
        guard KeyDirectory.exists(at: path) else {
            throw CommandFailure("there is no key directory at \(path)", hint: "name it with --keys or PORTES_KEYS")
        }
        let old = PassphraseInput(setting: passphrase.file(file?.passphraseFile))
        let new = PassphraseInput(setting: newPassphraseFile)
        try await OffPool.run { try Self.change(path, old: old, new: new) }
        if json { try Output.json(["keys": path]) }
        Output.note("the passphrase of \(path) is changed; copies of wrapping.json from before open with the old one")
    }

    private static func change(_ path: String, old: PassphraseInput, new: PassphraseInput) throws {
        let oldPassphrase = try old.source(forKeysAt: path).read()
        // Before it is asked for another one.
        if new.setting == nil { try check(oldPassphrase, at: path) }
        let newPassphrase = try new.source(
            called: "the new passphrase", question: "the new passphrase of \(path)", isNew: true
        ).read()
        guard !ConstantTime.areEqual(oldPassphrase, newPassphrase) else { throw PassphraseError.unchanged }
        try Progress.during("deriving the keys from the passphrases") { _ in
            try KeyDirectory.changePassphrase(at: path, from: oldPassphrase, to: newPassphrase)
        }
    }

    private static func check(_ passphrase: borrowing SecretBytes, at path: String) throws {
        _ = try Progress.during("deriving the key from the passphrase") { _ in
            try KeyDirectory(path, passphrase: passphrase)
        }
    }
}
