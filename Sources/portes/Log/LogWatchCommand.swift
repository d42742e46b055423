import ArgumentParser
import Foundation
import KeySchedule
import PortesClient
import UnixSignals

/// `portes log watch`: what happens to an issuer's keys, as it happens.
struct LogWatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Keep watching a log of keys, and say what is new and what is wrong.",
        discussion: """
            Checks what portes log verify checks, again and again, and prints each new entry and each problem once. \
            Says when the log cannot be read, when it can be again, and when its cosignatures are more than 12 h old: \
            after 24 h clients refuse it. Ends with SIGINT or SIGTERM.

            EXIT CODES: 0 all rules held until the end, 1 a problem was seen, 2 the log could not be read at the end, \
            64 wrong usage.

            EXAMPLE: portes log watch https://issuer.example --log-key "$(cat log.key)" --state issuer.log-state
            """)

    @OptionGroup var options: LogOptions
    @Option(help: "How long to wait between two looks, for example 30s.") var interval = TimeSpan(seconds: 60)
    @Flag(help: "Print each event and problem as one line of JSON.") var json = false

    func validate() throws {
        guard interval.seconds >= 1 else { throw ValidationError("--interval takes at least 1s") }
    }

    func run() async throws {
        let watch = LogWatch(monitor: try options.monitor(), isJSON: json)
        let interval = Duration.seconds(interval.seconds)
        // Before the first word is said, so that who reads it can end the watch.
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let work = Task {
            while !Task.isCancelled {
                try await watch.look(at: SystemTimeSource().now().wall)
                try? await Task.sleep(for: interval)
            }
        }
        let end = Task {
            for await _ in signals { work.cancel() }
        }
        defer { end.cancel() }
        do {
            try await work.value
        } catch let error as WalletError {
            throw CommandFailure(state: error)
        }
        let status = await watch.status
        if status != 0 { throw ExitCode(status) }
    }
}
