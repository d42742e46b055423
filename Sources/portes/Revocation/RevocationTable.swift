import AuthorityServer

/// Revocations as a table.
enum RevocationTable {
    /// Prints the entry or the entries of a reply.
    static func show(_ reply: AdminReply, json: Bool) throws {
        switch reply {
        case .revocation(let entry):
            if json { try Output.json(entry) } else { try table([entry]).print() }
        case .revocations(let entries):
            if json {
                try Output.json(entries)
            } else if entries.isEmpty {
                Output.note("nothing is revoked")
            } else {
                try table(entries).print()
            }
        default: throw reply.unexpected
        }
    }

    private static func table(_ entries: [RevocationSummary]) -> Table {
        Table(
            ["NUMBER", "KIND", "WHAT", "NULLIFIER", "REASON", "FROM"],
            entries.map { entry in
                [
                    String(entry.sequence), entry.kind,
                    entry.capability ?? entry.verifier ?? String((entry.keyID ?? "-").prefix(16)),
                    entry.nullifier ?? "-", entry.reason, entry.effective.dateText,
                ]
            })
    }
}
