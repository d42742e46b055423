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

    @Option(help: "The data directory (environment: PORTES_DATA; default: Data/clearing).") var data: String?
    @Flag(help: "Print the result as JSON.") var json = false

    func run() async throws {
        let data = Setting.value(data, variable: "PORTES_DATA", file: nil) ?? DefaultDirectory.clearingData
        let identity = try await OffPool.run { () throws -> ClearingIdentity in
            do {
                return try ClearingIdentity(in: DataDirectory(path: data, side: .clearing))
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
