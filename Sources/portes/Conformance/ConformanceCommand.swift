import ArgumentParser
import Foundation

/// `portes conformance`: published known answers against this build.
struct ConformanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance",
        abstract: "Check this build against published known-answer files.",
        discussion: """
            Reads JSON arrays of Privacy Pass issuance vectors (token types 0x0001, 0x0002 and 0x0005, single, \
            amortized and generic batches), of the challenges and header fields of RFC 9577, and of RFC 9474 and \
            RFC 9497 (ristretto255-SHA512 and P384-SHA384 in VOPRF mode). A vector passes only if its public key, \
            request, answer and tokens all come out as given. Where a library lets no blind be fixed, it passes in \
            part, and what was not checked is told. What this build does not implement is counted as skipped. Exits \
            with 1 if any vector failed, or any file could not be read or holds none.

            EXAMPLE: portes conformance vectors/*.json
            """)

    @Argument(help: "A file of known answers.") var files: [String]
    @Flag(help: "Print the result as JSON.") var json = false

    func run() throws {
        var results: [ConformanceResult] = []
        // A file that was not checked must not look like one that passed.
        var isComplete = true
        for path in files {
            let result: ConformanceResult
            do {
                result = try ConformanceFile(path: path).check()
            } catch let failure as CommandFailure {
                CommandReport(failure).lines.forEach(Output.note)
                isComplete = false
                continue
            }
            if result.isEmpty {
                Output.note("portes: error: \(path) holds no vector")
                isComplete = false
            }
            for failure in result.failures { Output.note("\(path): \(failure)") }
            for note in result.notes { Output.note("\(path): \(note)") }
            if !json { try Output.data("\(path): \(result.counts)") }
            results.append(result)
        }
        let total = results.reduce(ConformanceResult(file: "total")) { $0.adding($1) }
        if json { try Output.json(results + [total]) } else { try Output.data("total: \(total.counts)") }
        if total.failed > 0 || !isComplete { throw ExitCode.failure }
    }
}
