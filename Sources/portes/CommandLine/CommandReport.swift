import ArgumentParser
import AuthorityServer
import ClearingServer
import Foundation
import HTTPTransport
import WitnessServer
import WitnessStore

/// How an error is told to the user: the one place where errors become `portes: error: …` and `portes: hint: …`.
struct CommandReport {
    private(set) var lines: [String]
    /// The exit code: 0 for help, 64 for wrong usage, else 1 or what the command's help says.
    let status: Int32
    private let isHelp: Bool

    init(_ error: any Error) {
        if let failure = error as? CommandFailure {
            self.init(failure)
        } else if let failure = error as? OutputFailure {
            self.init(failure)
        } else if error is ExitCode || [.success, .validationFailure].contains(Portes.exitCode(for: error)) {
            self.init(parserError: error)
        } else {
            self.init(CommandFailure(clientError: error) ?? CommandReport.explain(error))
        }
    }

    private static func explain(_ error: any Error) -> CommandFailure {
        if let error = error as? any Explained {
            guard let hint = error.hint, isUsage(error) else { return CommandFailure(error.description, hint: error.hint) }
            return .usage(error.description, hint: hint)
        }
        if let error = error as? CocoaError {
            let path = error.filePath.map { "\($0): " } ?? ""
            return CommandFailure(path + "cannot be read or written", hint: "check the path, its permissions and the disk")
        }
        // The text of another error is not made for people, and could hold anything; its type helps and tells nothing.
        return CommandFailure("the command failed: \(type(of: error))", hint: "run it with --help to see how it is used")
    }

    /// Whether a server found a setting that cannot be right.
    private static func isUsage(_ error: any Error) -> Bool {
        switch error {
        case AuthorityError.metricsBeyondLoopback, AuthorityError.developmentBeyondLoopback,
            ClearingServerError.metricsBeyondLoopback, WitnessServerError.metricsBeyondLoopback,
            WitnessStoreError.nameless, HTTPTransportError.invalidURL, HTTPTransportError.plainHTTP:
            true
        default: false
        }
    }

    private init(_ failure: CommandFailure) {
        lines = ["portes: error: \(failure.message)"] + (failure.hint.map { ["portes: hint: \($0)"] } ?? [])
        status = failure.isUsage ? ExitCode.validationFailure.rawValue : failure.status
        isHelp = false
    }

    /// A reader that went away, such as head, wants to hear nothing more.
    private init(_ failure: OutputFailure) {
        self.init(CommandFailure(failure.text, hint: "see where standard output goes"))
        if failure.isBrokenPipe { lines = [] }
    }

    /// What the argument parser throws: help and version, which are no errors, and wrong usage.
    private init(parserError error: any Error) {
        let code = Portes.exitCode(for: error)
        status = code.rawValue
        isHelp = code == .success
        let text = Portes.fullMessage(for: error)
        lines = text.isEmpty ? [] : isHelp ? [text] : CommandReport.usageLines(text)
    }

    private static func usageLines(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { index, line in
            guard index == 0, line.hasPrefix("Error: ") else { return String(line) }
            var message = String(line.dropFirst("Error: ".count))
            if message.hasSuffix(".") { message.removeLast() }
            return "portes: error: " + message.prefix(1).lowercased() + message.dropFirst()
        }
    }

    /// Writes the lines, help to standard output and errors to standard error, and ends the process.
    func exit() -> Never {
        let text = lines.joined(separator: "\n")
        if !text.isEmpty {
            guard isHelp else {
                Output.note(text)
                Foundation.exit(status)
            }
            do { try Output.data(text) } catch { CommandReport(error).exit() }
        }
        Foundation.exit(status)
    }
}
