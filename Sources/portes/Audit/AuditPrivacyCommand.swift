import ArgumentParser
import Disclosure

/// `portes audit privacy`: every table and column that is there, with what it is for and how long it stays.
struct AuditPrivacyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "privacy",
        abstract: "Show every table and column with its purpose and lifetime.",
        discussion: """
            Read from the schemas of the databases in a data directory, or in directories in it, also while servers \
            run; without --data, of new databases of every party. Ends with 1 and names the column if one is there \
            that is not declared, or declared and not there. A table without an order of its own shows the order in \
            which its rows came as a column rowid.

            EXAMPLE: portes audit privacy --data Data
            """)

    @Option(help: "A data directory, or one with several in it (default: new databases).") var data: String?
    @Flag(help: "Print the result as JSON.") var json = false

    func run() async throws {
        let data = data
        let audits = try await OffPool.run { try data.map(StoreAudit.all(in:)) ?? StoreAudit.fresh() }
        if json { try Output.json(audits) } else { for audit in audits { try audit.print() } }
        var gaps = audits.flatMap(\.gaps)
        guard let last = gaps.popLast() else { return }
        for gap in gaps { Output.note("portes: error: \(gap)") }
        throw CommandFailure(
            last,
            hint: "what is kept is declared beside its schema; an older database is moved on when its server starts")
    }
}
