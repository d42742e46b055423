import AuthorityServer
import KeySchedule
import PrivacyPass

/// A plan of the keys as tables.
enum PlanTable {
    /// What is promised about the keys of each capability.
    static func terms(_ plan: KeyPlanSummary) -> Table {
        Table(
            ["CAPABILITY", "TYPE", "EPOCH", "ACCEPTANCE", "ANNOUNCED", "NEXT KEY IS MADE"],
            plan.capabilities.map { capability in
                [
                    capability.name, type(of: capability), span(capability.epoch), span(capability.acceptance),
                    span(capability.announcement) + " ahead", next(capability),
                ]
            })
    }

    /// What happens first, in the order of time.
    static func steps(_ plan: KeyPlanSummary, atMost count: Int) -> Table {
        let steps = plan.capabilities.flatMap { capability in capability.steps.map { (capability, $0) } }
            .sorted { $0.1.at < $1.1.at }
        return Table(
            ["WHEN", "IN", "CAPABILITY", "TYPE", "KEY", "WHAT"],
            steps.prefix(count).map { capability, step in
                [
                    KeyTable.date(step.at), remaining(step.at.seconds(since: plan.now)), capability.name,
                    type(of: capability), name(of: step), words[step.event] ?? step.event,
                ]
            })
    }

    private static func next(_ capability: KeyPlanSummary.Capability) -> String {
        let mark = capability.isDevelopment ? " (development)" : ""
        if let day = capability.revokedFrom, capability.nextKey == nil { return "never: revoked from \(day.dateText) on" }
        return (capability.isRetired ? "never: retired" : capability.nextKey.map(KeyTable.date) ?? "-") + mark
    }

    /// The token type, as a list of keys shows it: 0x0002.
    static func type(of capability: KeyPlanSummary.Capability) -> String {
        "\(TokenType(rawValue: capability.tokenType))"
    }

    /// The key as the tables call it.
    static func name(of step: KeyPlanSummary.Step) -> String {
        step.keyID.map { String($0.prefix(8)) } ?? "+\(step.future ?? 0)"
    }

    private static func span(_ seconds: Int64) -> String { TimeSpan(seconds: seconds).text }

    /// A span as people read it, to two units.
    static func remaining(_ seconds: Int64) -> String {
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60)
        if days > 0 { return hours > 0 ? "\(days)d \(hours)h" : "\(days)d" }
        if hours > 0 { return minutes > 0 ? "\(hours)h \(minutes)m" : "\(hours)h" }
        return minutes > 0 ? "\(minutes)m" : "\(seconds)s"
    }

    private static let words = [
        "announced": "is made and announced", "issuing": "begins to issue", "issuing-ends": "stops issuing",
        "acceptance-ends": "is no longer accepted", "destroyed": "secret destroyed, ledger closed, end logged",
    ]
}
