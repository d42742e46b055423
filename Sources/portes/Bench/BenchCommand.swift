import ArgumentParser
import Foundation

/// `portes bench`: microseconds a token on this machine.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure microseconds a token on this machine, each beside its floor.",
        discussion: """
            The floor is the bare calls of libsodium, or of the library of the other token types, that an operation \
            cannot do without, timed in the same run in turn with it. The rows log-… are not about a token but about \
            one look at a key log before a fetch. Times are \
            processor time of this process, medians over the rounds. Measure a release build.

            With --check it ends with 1 if a figure misses its bar; on a machine that does other things too, measure again.

            --http loads real servers instead, --revocations measures the revocation list.

            EXAMPLE: swift build -c release --product portes && .build/release/portes bench
            """)

    @Option(help: "How often each operation is timed.") var rounds: Int = 21
    @Flag(help: "Load real servers on loopback instead, and report what their processes use.") var http = false
    @Flag(help: "Measure appending to logs of up to a million leaves instead: takes a minute and a gigabyte of disk.")
    var log = false
    @Flag(help: "Measure the revocation list instead: look-ups, deltas, starts.") var revocations = false
    @Option(help: "With --revocations: how many tokens are revoked.") var entries: Int = 1_000_000
    @Option(help: "With --http: how many tokens to issue and redeem.") var tokens: Int = 20_000
    @Option(help: "With --http: how many requests are under way at once.") var concurrency: Int = 32
    @Flag(help: "End with 1 if a figure misses its bar.") var check = false
    @Flag(help: "Print the result as JSON.") var json = false

    func validate() throws {
        guard (1_000...2_000_000).contains(tokens) else {
            throw ValidationError("--tokens takes a number from 1000 to 2000000")
        }
        guard (1...1_000).contains(concurrency) else {
            throw ValidationError("--concurrency takes a number from 1 to 1000")
        }
        guard (1_000...4_000_000).contains(entries) else {
            throw ValidationError("--entries takes a number from 1000 to 4000000")
        }
        guard !check || !http && !revocations && !log else {
            throw ValidationError("--check has bars for what is measured without --http, --log and --revocations")
        }
        guard !http || !revocations else { throw ValidationError("give --http or --revocations, not both") }
        guard (1...10_000).contains(rounds) else { throw ValidationError("--rounds takes a number from 1 to 10000") }
    }

    func run() async throws {
        #if DEBUG
        Output.note("portes: warning: this is a debug build; its figures say little")
        #endif
        if http {
            try await runHTTP()
            return
        }
        if revocations {
            try await runRevocations()
            return
        }
        let results =
            log
            ? try await LogAppendBench(rounds: rounds).run()
            : try await ProtocolBench(rounds: rounds).run() + SpendBench(rounds: rounds).run()
                + TokenTypeBench(rounds: rounds).run()
                + SessionBench(rounds: rounds).run() + KeyLogBench(rounds: rounds).run()
        if json { try Output.json(results) } else { try print(results) }
        guard check else { return }
        let missed = results.filter { !(BenchBar.all[$0.name]?.holds(for: $0) ?? true) }.map(\.name)
        guard missed.isEmpty else {
            throw CommandFailure(
                "a bar is missed by \(missed.joined(separator: ", "))",
                hint: "measure a release build, on a machine that does nothing else")
        }
    }

    private func print(_ results: [BenchResult]) throws {
        try Output.data("operation        us/token   floor   ratio  bar")
        for result in results {
            let bar = BenchBar.all[result.name].map { "  " + $0.text } ?? ""
            try Output.data(
                result.name.padding(toLength: 15, withPad: " ", startingAt: 0)
                    + String(format: "%10.1f %7.1f %7.3f", result.perToken, result.floorPerToken, result.ratio) + bar)
        }
    }

    private func runRevocations() async throws {
        let figures = try await RevocationBench(entryCount: entries, rounds: rounds).run()
        if json { return try Output.json(figures) }
        try Output.data("figure                               value unit       bar")
        for figure in figures { try Output.data(figure.line) }
    }

    private func runHTTP() async throws {
        let results = try await HTTPBench(tokenCount: tokens, concurrency: concurrency, rounds: rounds).run()
        if json {
            try Output.json(results)
            return
        }
        try Output.data(
            "load                               server us in proc.  ratio  p50 ms   p99 ms p99.9 ms     MiB p99 ratio")
        for result in results { try Output.data(result.line) }
    }
}
