import AuthorityServer
import KeySchedule

/// A plan of the keys as lines of text, one for each key.
struct PlanTimeline {
    let lines: [String]
    /// How many characters the time looked at takes.
    private static let width = 54

    init(_ plan: KeyPlanSummary, days: Int) {
        let span = Int64(max(days, 1)) * 86_400
        let end = "+\(days)d"
        let gap = String(repeating: " ", count: max(1, Self.width - 3 - end.count))
        var lines = [String(repeating: " ", count: 27) + "now" + gap + end]
        for capability in plan.capabilities {
            let keys = Dictionary(grouping: capability.steps, by: PlanTable.name)
            let order = keys.keys.sorted { Self.begin(keys[$0]) < Self.begin(keys[$1]) }
            for key in order {
                let bar = Self.bar(keys[key] ?? [], from: plan.now, span: span)
                let name = Self.padded(capability.name, 10) + " " + PlanTable.type(of: capability)
                lines.append(name + " " + Self.padded(key, 8) + " " + bar)
            }
        }
        self.lines = lines
    }

    /// When a key begins to issue; one that issues already has no such step.
    private static func begin(_ steps: [KeyPlanSummary.Step]?) -> Int64 {
        let begin = steps?.first { $0.event == "issuing" } ?? steps?.first { $0.event == "announced" }
        return begin?.at.seconds ?? .min
    }

    /// What a key does in each piece of the time: nothing, announced, issuing, accepted.
    private static func bar(_ steps: [KeyPlanSummary.Step], from now: UnixTime, span: Int64) -> String {
        let dates = Dictionary(steps.map { ($0.event, $0.at.seconds - now.seconds) }, uniquingKeysWith: { $1 })
        let (issuing, ends, over) = (dates["issuing"], dates["issuing-ends"], dates["acceptance-ends"])
        let made = dates["announced"]
        let text = (0..<width).map { column -> Character in
            let time = span * Int64(column) / Int64(width)
            // A step that is not in the list is past, or beyond the end.
            if let made, time < made { return " " }
            if let issuing, time < issuing { return made == nil && issuing <= 0 ? " " : "." }
            if let ends, time < ends { return "=" }
            if ends == nil, issuing != nil { return "=" }
            if let over, time < over { return "-" }
            if over == nil, ends != nil { return "-" }
            return " "
        }
        let bar = String(text)
        return String(bar.reversed().drop { $0 == " " }.reversed())
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text.count >= width ? String(text.prefix(width)) : text + String(repeating: " ", count: width - text.count)
    }
}
