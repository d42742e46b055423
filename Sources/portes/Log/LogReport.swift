import KeyTransparency
import LibSodium
import PrivacyPass

/// A look at a log as JSON.
struct LogReport: Encodable {
    let log: String
    let size: UInt64
    let root: String
    let development: Bool
    let cosignatures: Int
    let cosignaturesNeeded: Int
    let events: [LogEvent]
    let problems: [Problem]

    /// Something that is wrong.
    struct Problem: Encodable {
        let entry: UInt64?
        let text: String

        init(_ problem: LogProblem) {
            entry = problem.entry
            text = problem.words
        }
    }

    private enum CodingKeys: String, CodingKey {
        case log, size, root, development, cosignatures, events, problems
        case cosignaturesNeeded = "cosignatures-needed"
    }

    init(_ look: LogMonitor.Look) {
        log = look.origin
        size = look.head.size
        root = Base64.encode(look.head.root.bytes)
        development = look.isDevelopment
        cosignatures = look.cosignatures
        cosignaturesNeeded = look.neededCosignatures
        events = look.events
        problems = look.problems.map { Problem($0) }
    }
}
