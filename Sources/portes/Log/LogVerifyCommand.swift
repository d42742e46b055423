import ArgumentParser
import KeySchedule
import KeyTransparency
import PortesClient
import PrivacyPass

/// `portes log verify`: what happened to an issuer's keys, and whether a rule was broken.
struct LogVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Replay a log of keys, and say what happened and whether any rule was broken.",
        discussion: """
            Reads every entry and holds it against the rules: for each capability one issuing key at a time, no epoch \
            cut short and no date moved earlier except by a revocation. Goes on after a broken rule, so that all of \
            them are seen. Also checks that the checkpoint is signed, that entries and tiles of hashes make up its \
            root, and that proofs made of the tiles hold.

            Without --log-key and --witness this says that the log is sound, not whose it is, nor that everybody is \
            shown the same.

            EXIT CODES: 0 all rules held, 1 a rule was broken or the log is not to be believed, 2 it could not be \
            read, 64 wrong usage.

            EXAMPLE: portes log verify https://issuer.example --log-key "$(cat log.key)" --state issuer.log-state
            """)

    @OptionGroup var options: LogOptions
    @Flag(help: "Print the result as JSON.") var json = false

    func run() async throws {
        let monitor = try options.monitor()
        let look: LogMonitor.Look
        do {
            look = try await monitor.look(at: SystemTimeSource().now().wall)
        } catch let refusal as KeyLogRefusal {
            throw CommandFailure(refusal).exiting(with: refusal.isUnreachable ? 2 : 1)
        } catch let error as WalletError {
            throw CommandFailure(state: error)
        }
        if json { try Output.json(LogReport(look)) } else { try show(look) }
        guard look.problems.isEmpty else { throw ExitCode(1) }
    }

    private func show(_ look: LogMonitor.Look) throws {
        for event in look.events { try Output.data(event.line) }
        if look.isKeyTaken {
            Output.note("the log's key is the one that it names itself; to be sure whose log it is, give --log-key")
        }
        if look.isDevelopment {
            Output.note("the log is one of development, whose dates may move; clients elsewhere refuse it")
        }
        for problem in look.problems { try Output.data("problem: \(problem.words)") }
        let size = look.head.size == 1 ? "1 entry" : "\(look.head.size) entries"
        let cosigned = look.neededCosignatures > 0 || look.cosignatures > 0
            ? ", cosigned by \(look.cosignatures) of the witnesses within 24 h" : ""
        let count = look.problems.count
        let verdict = count == 0 ? "every rule held" : count == 1 ? "1 problem" : "\(count) problems"
        try Output.data("\(look.origin): \(size)\(cosigned); \(verdict)")
    }
}

extension CommandFailure {
    /// What keeps the state file of a monitor from being used.
    init(state error: WalletError) {
        self.init("the file of --state cannot be read or written", hint: "check it, its directory and the disk")
    }
}
