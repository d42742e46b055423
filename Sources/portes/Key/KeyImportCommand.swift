import ArgumentParser
import AuthorityKeys
import AuthorityServer
import Issuance
import KeyFiles
import KeySchedule
import LibSodium
import PrivacyPass

/// `portes key import`: a key whose secret was made elsewhere.
struct KeyImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Announce a key whose secret was made elsewhere.",
        discussion: """
            The secret of a key of type 5 is a scalar of ristretto255 from 1 to the group order less one, as RFC 9497 \
            writes it: 32 bytes, little-endian, or 64 hexadecimal digits. With --token-type 1 it is a scalar of P-384: \
            48 bytes, big-endian, or 96 digits; with --token-type 2 an RSA key of 2048 bits as PEM. It is sealed into \
            the key directory. Whoever has a copy of it can mint tokens: destroy the file afterwards.

            EXAMPLE: portes key import secret.hex --capability session --passphrase-file pass
            """)

    @Argument(help: "The file with the secret; - for standard input.") var file: String
    @OptionGroup var key: KeyParameterOptions
    @Flag(help: "Do not ask, where a clearing server that held public keys alone gets a secret.") var yes = false
    @OptionGroup var options: AdminOptions

    func run() async throws {
        let parameters = key.parameters
        do {
            try AdminRequest.createKey(parameters).check(at: SystemTimeSource().now().wall)
        } catch {
            throw CommandFailure.usage(error.message, hint: error.hint ?? "run it with --help to see how it is used")
        }
        var files = try AuthorityFiles(options)
        guard KeyDirectory.exists(at: files.keys) else {
            throw CommandFailure(
                "there is no key directory at \(files.keys)",
                hint: "name it with --keys or PORTES_KEYS, or start the authority once")
        }
        let type = key.tokenType?.tokenType ?? .standard
        try await NewTrust.confirm(
            key.capability, tokenType: type.rawValue, yes: yes, through: AdminConnection(files))
        if file != "-" { PrivateFile.warn(of: file, called: "the secret") }
        let secret = try await OffPool.run { [file] in
            try ImportedSecret.read(file, type)
        }
        let keys = try await OffPool.run { [files] in
            try PassphraseInput(setting: files.passphraseFile).openKeys(at: files.keys)
        }
        files.openedKeys = keys
        let keyring = AuthorityKeyring(keys)
        let isNew = try await OffPool.run { try Self.store(secret, in: keyring) }
        do {
            let reply = try await AdminConnection(files)
                .answer(to: .importKey(parameters, id: secret.id.hexadecimal))
            try KeyTable.show(reply, json: options.json)
        } catch let failure as CommandFailure {
            // A refusal: there is no record. After any other failure there may be one.
            if isNew { _ = try? await OffPool.run { try keyring.destroySecret(of: secret.id) } }
            throw failure
        }
    }

    /// Puts the secret into the key directory; `false` if it was there already.
    private static func store(_ secret: IssuerSecret, in keyring: AuthorityKeyring) throws -> Bool {
        do {
            try keyring.store(secret)
            return true
        } catch KeyFileError.exists {
            return false
        }
    }
}
