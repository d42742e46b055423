import ArgumentParser
import KeySchedule
import PortesClient
import PrivacyPass

/// `portes session list`: which sessions a wallet has.
struct SessionListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the sessions of a wallet that have not ended.",
        discussion: """
            Shows no session itself.

            EXAMPLE: portes session list --wallet my.wallet
            """)

    @OptionGroup var wallet: WalletOptions
    @Flag(help: "Print the result as JSON.") var json = false

    private struct Row: Encodable {
        let origin: String
        let capability: String
        let isBound: Bool
        let expiry: Int64

        enum CodingKeys: String, CodingKey {
            case origin, capability, expiry
            case isBound = "bound"
        }
    }

    func run() async throws {
        let rows = try await wallet.openExisting().sessions(at: SystemTimeSource().now().wall).map { origin, session in
            Row(
                origin: origin.text, capability: session.capability.name, isBound: session.isBound,
                expiry: session.expiry.seconds)
        }
        if json { return try Output.json(rows) }
        guard !rows.isEmpty else { return Output.note("the wallet has no session; see portes session headers") }
        try Table(
            ["ORIGIN", "CAPABILITY", "BOUND", "UNTIL"],
            rows.map { row in
                let end = KeyTable.date(UnixTime(seconds: row.expiry))
                return [row.origin, row.capability, row.isBound ? "yes" : "no", end]
            }
        ).print()
    }
}
