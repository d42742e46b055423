import HTTPTransport
import KeySchedule
import KeyTransparency
import LibSodium
import Synchronization
import TestSupport
import Testing
import WitnessServer
import WitnessStore
import Witnessing

/// Many requests at once that contradict each other: never are two histories cosigned.
@Suite(.timeLimit(.minutes(10))) struct ConcurrencyTests {
    /// A log that signs two histories, equal up to a leaf, and everything that was cosigned of either.
    private final class TwoFacedLog: Sendable {
        static let forkedAt: UInt64 = 5
        let faces: [GrowingLog]
        let cosigned = Mutex<[(face: Int, size: UInt64, time: UnixTime)]>([])

        init() {
            let first = GrowingLog(count: 200)
            faces = [first, GrowingLog(seed: first.seed, count: 200, salt: 1, forkedAt: Self.forkedAt)]
        }
    }

    @Test func ofManyConflictingRequestsOnlyOneHistoryIsCosigned() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        for round in 0..<6 {
            let log = TwoFacedLog()
            try await RunningWitness.run([log.faces[0].key]) { witness in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for client in 0..<32 {
                        group.addTask {
                            let random = SplitMix(seed: seed &+ UInt64(round * 100 + client))
                            try await self.submit(log, face: client % 2, to: witness, random)
                        }
                    }
                    try await group.waitForAll()
                }
                let cosigned = log.cosigned.withLock { $0 }
                let faces = Set(cosigned.filter { $0.size > TwoFacedLog.forkedAt }.map(\.face))
                #expect(faces.count <= 1, "both histories were cosigned in round \(round)")
                #expect(!cosigned.isEmpty)
                // A size once cosigned is never gone back behind: times and sizes grow together.
                let inTime = cosigned.sorted { ($0.time, $0.size) < ($1.time, $1.size) }
                #expect(inTime.map(\.size) == inTime.map(\.size).sorted())
                let logs = try await witness.application.database.logs()
                #expect(logs.map(\.head.size) == [cosigned.map(\.size).max()])
            }
        }
    }

    /// Submits sizes of one history, from whatever size the witness names, sometimes from others.
    private func submit(
        _ log: TwoFacedLog, face: Int, to witness: RunningWitness, _ random: SplitMix
    ) async throws {
        var random = random
        var last: UInt64 = 0
        for _ in 0..<25 {
            let tree = log.faces[face]
            let new = min(tree.count, last + UInt64.random(in: 0...6, using: &random))
            let old = Int.random(in: 0..<8, using: &random) == 0 ? UInt64.random(in: 0...new, using: &random) : last
            let response = try await witness.post(tree.request(old: old, new: new))
            switch response.status {
            case 200:
                let time = try #require(try witness.time(of: response, tree.checkpoint(new).checkpoint))
                log.cosigned.withLock { $0.append((face, new, time)) }
                last = new
            case 409: last = try #require(UInt64(response.text.dropLast()))
            case 422: return
            default: Issue.record("\(response.summary)")
            }
        }
    }

    @Test func ofManyEqualRequestsEachIsCosignedOrToldTheSize() async throws {
        let log = GrowingLog()
        try await RunningWitness.run([log.key]) { witness in
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<64 {
                    group.addTask {
                        let response = try await witness.post(log.request(old: 0, new: 20))
                        return response.status == 200 ? "200" : response.summary
                    }
                }
                return try await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(answers == ["200": 1, "409 20\n": 63])
        }
    }
}
