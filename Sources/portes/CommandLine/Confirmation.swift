import Foundation

/// The question before something that is hard or impossible to take back.
enum Confirmation {
    /// Returns if the answer is yes; otherwise throws.
    ///
    /// `consequence` says what will happen, and `way` what can be done about it afterwards.
    static func ask(_ consequence: String, afterwards way: String = "this cannot be undone") throws {
        guard isatty(STDIN_FILENO) == 1 else {
            throw CommandFailure("not done: \(consequence)", hint: "\(way); add --yes if it is meant")
        }
        Output.prompt("\(consequence)\n\(way). continue? [y/N] ")
        guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
            throw CommandFailure("not done", hint: nil)
        }
    }
}
