import ArgumentParser
import AuthorityServer

/// `portes key plan`: what will happen to the keys, and when.
struct KeyPlanCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what will happen to the keys, and when.",
        discussion: """
            The authority makes each next key, announces it, moves over and destroys the old secret by itself. What is \
            published of a key stays as it is; only a revocation brings the next one forward. Keys that are not made \
            yet are called +1, +2 and so on. In the timeline a key is announced (.), issues (=) and is accepted (-).

            EXAMPLE: portes key plan --days 30
            """)

    /// More than that nobody reads: epochs of minutes have thousands of steps in a month.
    private static let mostSteps = 100
    private static let mostLines = 40

    @Option(help: "How many days to look ahead.") var days: Int = 30
    @OptionGroup var options: AdminOptions

    func request() -> AdminRequest { .planKeys(days: days) }

    func show(_ reply: AdminReply) throws {
        guard case .plan(let plan) = reply else { throw reply.unexpected }
        if options.json { return try Output.json(plan) }
        guard !plan.capabilities.isEmpty else {
            return Output.note("no capabilities yet; make a key with: portes key create --capability session")
        }
        try PlanTable.terms(plan).print()
        try Output.data("")
        try PlanTable.steps(plan, atMost: Self.mostSteps).print()
        try Output.data("")
        let lines = PlanTimeline(plan, days: days).lines
        for line in lines.prefix(Self.mostLines) { try Output.data(line) }
        let steps = plan.capabilities.reduce(0) { $0 + $1.steps.count }
        if steps > Self.mostSteps || lines.count > Self.mostLines {
            Output.note("only the first \(Self.mostSteps) of \(steps) steps are shown: give fewer --days, or --json for all")
        }
    }
}
