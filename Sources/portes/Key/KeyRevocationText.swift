import AuthorityServer
import KeySchedule

/// What revoking a key does, in words: a line for each thing.
struct KeyRevocationText {
    let lines: [String]
    /// What to think of afterwards.
    let warnings: [(message: String, hint: String)]

    /// What was done, or would be.
    init(_ summary: KeyRevocationSummary, isDone: Bool) {
        let key = "key \(summary.key.id.prefix(16)) of \(summary.key.record.capability)"
        let tokens = "none of the \(summary.key.issued) tokens issued under it"
        var lines = [
            isDone
                ? "\(key) is revoked: \(tokens) is accepted"
                : summary.key.state == .revoked
                    ? "\(key) is revoked already: \(tokens) is accepted"
                    : "\(key) would be revoked: \(tokens) would be accepted"
        ]
        if let next = summary.replacement {
            let name = next.id.map { "key \($0.prefix(16))" } ?? "a new key"
            let from = KeyTable.date(next.notBefore)
            lines.append("\(name) issues in its place from \(from) until \(KeyTable.date(next.issueUntil))")
        } else if summary.key.state == .issuing {
            lines.append("no key issues in its place")
        }
        if summary.tokens > 0 {
            let payers = [(summary.vouchers, "voucher"), (summary.accounts, "account")].filter { $0.0 > 0 }
                .map { count, name in count == 1 ? "1 \(name)" : "\(count) \(name)s" }
            lines.append("\(summary.tokens) tokens go back to \(payers.joined(separator: " and ")), spent ones too")
        }
        if !summary.verifiers.isEmpty {
            lines.append("clearing servers that have the key: \(summary.verifiers.joined(separator: ", "))")
        }
        self.lines = lines
        warnings = [Self.crowds(summary), Self.publication(summary)].compactMap { $0 }
    }

    private static func crowds(_ summary: KeyRevocationSummary) -> (String, String)? {
        guard summary.liveKeys > 3 else { return nil }
        return (
            "\(summary.liveKeys) keys of \(summary.key.record.capability) are live: each crowd of users is smaller",
            "do not revoke more of them than you must; the number falls as they end: portes key plan"
        )
    }

    private static func publication(_ summary: KeyRevocationSummary) -> (String, String)? {
        guard summary.isPublished == false else { return nil }
        return (
            "the key log waits for its witnesses: until enough have cosigned, apps take no key in its place",
            "the authority's log says which do not answer; it goes on asking them"
        )
    }
}
