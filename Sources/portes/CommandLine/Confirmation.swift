import Foundation

/// The question before something that cannot be undone.
enum Confirmation {
    /// Returns if the answer is yes or `isGiven` (the flag `--yes`); otherwise throws. `consequence` names what will
    /// be destroyed.
    static func ask(_ consequence: String, isGiven: Bool) throws {
        if isGiven { return }
        guard isatty(STDIN_FILENO) == 1 else {
            throw CommandFailure("not done: \(consequence)", hint: "this cannot be undone; add --yes if it is meant")
        }
        FileHandle.standardError.write(Data("\(consequence)\nthis cannot be undone. continue? [y/N] ".utf8))
        guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
            throw CommandFailure("not done", hint: nil)
        }
    }
}
