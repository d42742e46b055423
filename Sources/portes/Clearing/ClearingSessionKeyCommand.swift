import ArgumentParser
import ClearingStore
import Foundation
import SQLiteSupport

/// `portes clearing session-key`: another key for sessions.
struct ClearingSessionKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session-key",
        abstract: "Throw away the key of sessions, for when somebody else may have it, or it is lost.",
        discussion: """
            Whoever reads sessions.key can open sessions without tokens. With another key no session that was opened \
            before counts any more, here at once, at gateways once they have read the key set again: they may keep it for \
            an hour. Those who had a session open another, with another token. Stop the server first; the next start makes \
            the new key.

            EXAMPLE: portes clearing session-key --replace --data /var/lib/portes-clearing
            """)

    @Option(help: "The configuration file (environment: PORTES_CONFIG).") var config: String?
    @Option(help: "The data directory (environment: PORTES_DATA; default: Data/clearing).") var data: String?
    @Flag(help: "Do it.") var replace = false
    @Flag(help: "Do not ask.") var yes = false

    func validate() throws {
        guard replace else { throw ValidationError("there is nothing to do without --replace") }
    }

    func run() async throws {
        let file = try ConfigurationFile.read(Setting.value(config, variable: "PORTES_CONFIG", file: nil)).clearing
        let data = ClearingSettings.data(data, file?.data)
        guard FileManager.default.fileExists(atPath: data + "/" + StoreSide.clearing.databaseName) else {
            throw ClearingStoreError.nothingToBackUp(directory: data)
        }
        if !yes { try Confirmation.ask("all sessions of the clearing server in \(data) will count no more") }
        try await OffPool.run {
            let directory = try DataDirectory(path: data, side: .clearing)
            try ClearingFiles.check(in: directory)
            try SessionKeyFile.discard(in: directory)
        }
        Output.note("the key of sessions is gone; the next start of the server makes another")
    }
}
