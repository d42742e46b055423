import Foundation
import KeySchedule
import KeyTransparency
import PortesClient

/// Tells what changes from one look at a log to the next.
actor LogWatch {
    private let monitor: LogMonitor
    private let isJSON: Bool
    private var told: Set<LogProblem> = []
    private var failure: KeyLogRefusal?
    private var areCosignaturesOld = false
    private var isBegun = false

    /// A watch that has told nothing.
    init(monitor: LogMonitor, isJSON: Bool) {
        self.monitor = monitor
        self.isJSON = isJSON
    }

    /// The exit code at the end: 1 if a problem was seen, 2 if the log cannot be read.
    var status: Int32 { told.isEmpty ? (failure == nil ? 0 : 2) : 1 }

    /// Looks once and tells what is new. Throws ``OutputFailure``, and ``WalletError`` for the state file.
    func look(at now: UnixTime) async throws {
        let look: LogMonitor.Look
        do {
            look = try await monitor.look(at: now)
        } catch let refusal as KeyLogRefusal {
            // An exchange that was cut off at the end says nothing about the log.
            if Task.isCancelled { return }
            return try note(refusal)
        }
        if failure != nil { Output.note("the log can be read again") }
        failure = nil
        if look.isKeyTaken {
            Output.note("the log's key is the one that it names itself; to be sure whose log it is, give --log-key")
        }
        for event in look.events { try data(event, line: event.line) }
        for problem in look.problems where told.insert(problem).inserted { try tell(problem) }
        if !isBegun { Output.note("watching \(look.origin), \(look.head.size) entries so far") }
        isBegun = true
        noteAge(look)
    }

    private func note(_ refusal: KeyLogRefusal) throws {
        guard refusal.isUnreachable else {
            if told.insert(.refused(refusal)).inserted { try tell(.refused(refusal)) }
            return
        }
        if failure == nil { Output.note("the log cannot be read: \(CommandFailure(refusal).message)") }
        failure = refusal
    }

    private func noteAge(_ look: LogMonitor.Look) {
        let isOld = look.freshCosignatures < look.neededCosignatures
        if isOld, !areCosignaturesOld {
            Output.note(
                "of \(look.neededCosignatures) cosignatures only \(look.freshCosignatures) came within 12 h; "
                    + "clients refuse the log once they are 24 h old")
        } else if !isOld, areCosignaturesOld {
            Output.note("the cosignatures are recent again")
        }
        areCosignaturesOld = isOld
    }

    private func tell(_ problem: LogProblem) throws {
        try data(LogReport.Problem(problem), line: "problem: \(problem.words)")
    }

    private func data(_ value: some Encodable, line: String) throws {
        guard isJSON else { return try Output.data(line) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try Output.data(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
