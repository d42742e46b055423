import Foundation

/// Prints the steps of the demo as they happen.
struct Narrator: Sendable {
    private var number = 0

    /// Who sees something in a step.
    enum Party: String, CaseIterable {
        case app = "the app"
        case authority = "the authority"
        case clearing = "the clearing server"
        case backend = "the backend"
        case ageParty = "the party that states it"
    }

    /// Runs one step, then prints its title, its time and what each party saw.
    @discardableResult
    mutating func step<Result>(
        _ title: String, _ body: () async throws -> Result, saw: (Result) -> [Party: String]
    ) async throws -> Result {
        number += 1
        let start = ContinuousClock.now
        let result: Result
        do {
            result = try await body()
        } catch {
            try? Output.data("\(number). \(title): FAILED")
            throw error
        }
        let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
        try Output.data("\(number). \(title) (\(Int(milliseconds.rounded())) ms)")
        let seen = saw(result)
        for party in Party.allCases {
            guard let what = seen[party] else { continue }
            try Output.data("     \(party.rawValue): \(what)")
        }
        return result
    }
}
