import ArgumentParser
import ClearingStore
import KeyDelivery
import SQLiteSupport

/// `portes clearing identity`: the key that the authority seals to.
struct ClearingIdentityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identity",
        abstract: "Print the clearing server's public identity key; makes the key the first time.",
        discussion: """
            Give the key to the authority's admin, who trusts it with portes verifier add.

            EXAMPLE: portes clearing identity --data /var/lib/portes-clearing
            """)

    @Option(help: "The configuration file (environment: PORTES_CONFIG).") var config: String?
    @Option(help: "The data directory (environment: PORTES_DATA; default: Data/clearing).") var data: String?
    @Flag(help: "Print the result as JSON.") var json = false

    func run() async throws {
        let file = try ConfigurationFile.read(Setting.value(config, variable: "PORTES_CONFIG", file: nil)).clearing
        let data = Setting.value(data, variable: "PORTES_DATA", file: file?.data) ?? DefaultDirectory.clearingData
        let identity = try await OffPool.run { () throws -> ClearingIdentity in
            do {
                let directory = try DataDirectory(path: data, side: .clearing)
                // Another key in place of one that is lost would be trusted for nothing.
                try ClearingFiles.check(in: directory)
                return try ClearingIdentity(in: directory)
            } catch StoreError.locked {
                return try ClearingIdentity.open(atPath: data)
            }
        }
        if json {
            try Output.json(["public-key": identity.publicKeyText, "id": identity.id.text])
        } else {
            try Output.data(identity.publicKeyText)
        }
    }
}
