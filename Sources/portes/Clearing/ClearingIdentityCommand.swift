import ArgumentParser
import ClearingStore
import KeyDelivery
import PrivacyPass
import SQLiteSupport

/// `portes clearing identity`: the key that the authority seals to.
struct ClearingIdentityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identity",
        abstract: "Print the clearing server's public identity; makes its keys the first time.",
        discussion: """
            Give the line to the authority's admin, who trusts it with portes verifier add: 86 characters for two \
            keys, the one that secrets are sealed to, and the one that redeemed counts are signed with.

            EXAMPLE: portes clearing identity --data /var/lib/portes-clearing
            """)

    @Option(help: "The configuration file (environment: PORTES_CONFIG).") var config: String?
    @Option(help: "The data directory (environment: PORTES_DATA; default: Data/clearing).") var data: String?
    @Flag(help: "Print the result as JSON.") var json = false

    func run() async throws {
        let file = try ConfigurationFile.read(Setting.value(config, variable: "PORTES_CONFIG", file: nil)).clearing
        let data = Setting.value(data, variable: "PORTES_DATA", file: file?.data) ?? DefaultDirectory.clearingData
        let (identity, id) = try await OffPool.run { () throws -> (VerifierIdentity, VerifierID) in
            let identity: ClearingIdentity
            do {
                let directory = try DataDirectory(path: data, side: .clearing)
                // Another key in place of one that is lost would be trusted for nothing.
                try ClearingFiles.check(in: directory)
                identity = try ClearingIdentity(in: directory)
            } catch StoreError.locked {
                identity = try ClearingIdentity.open(atPath: data)
            }
            let counts = try CountSigner(atPath: data).publicKey
            return (VerifierIdentity(sealing: identity.publicKey, counts: counts), identity.id)
        }
        if json {
            try Output.json(["public-key": identity.text, "id": id.text])
        } else {
            try Output.data(identity.text)
        }
    }
}
