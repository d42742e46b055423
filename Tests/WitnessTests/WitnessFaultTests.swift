import GRDB
import HTTPTransport
import KeySchedule
import KeyTransparency
import SQLiteSupport
import TestSupport
import Testing
import WitnessServer
@testable import WitnessStore

/// A witness whose disk is full, or whose clock is wrong: it cosigns nothing, says so, and goes on by itself.
@Suite(.timeLimit(.minutes(5))) struct WitnessFaultTests {
    @Test func aFullDiskIsNeverAnsweredWith200AndPassesByItself() async throws {
        // Long names, so that the table grows with each log.
        let logs = (0..<40).map { GrowingLog("log\($0).example/" + String(repeating: "x", count: 230), count: 9) }
        try await RunningWitness.run(logs.map(\.key)) { witness in
            let store = witness.application.database.store
            try store.readBlocking { try $0.execute(sql: "PRAGMA max_page_count = 1") }
            var refused: [GrowingLog] = []
            for log in logs {
                let response = try await witness.post(log.request(old: 0, new: 5))
                if response.status == 200 { continue }
                #expect(response.summary == "503 storage-unavailable" && response.header("Retry-After") != nil)
                refused.append(log)
            }
            let kept = try await witness.application.database.logs()
            #expect(!refused.isEmpty && kept.count == logs.count - refused.count)
            try store.readBlocking { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
            for log in refused { _ = try await witness.cosign(log, old: 0, new: 5) }
        }
    }

    @Test(arguments: [61, -61, 86_400, -86_400]) func aCalendarThatIsSetEndsCosigning(seconds: Int64) async throws {
        let (log, clock) = (GrowingLog(), SettableClock())
        try await RunningWitness.run([log.key], time: clock) { witness in
            #expect(try await witness.cosign(log, old: 0, new: 5) == clock.now().wall)
            clock.move(wall: 5, monotonic: 5)
            #expect(try await witness.cosign(log, old: 5, new: 5) == clock.now().wall)
            clock.move(wall: seconds, monotonic: 0)
            #expect(try await witness.post(log.request(old: 5, new: 9)).summary == "503 wrong-clock")
            #expect(try await !witness.isReady())
            #expect(try await witness.application.database.logs().map(\.head.size) == [5])
            clock.move(wall: -seconds, monotonic: 0)
            #expect(try await witness.isReady())
            _ = try await witness.cosign(log, old: 5, new: 9)
        }
    }

    @Test func aClockThatIsBehindTheLastCosignatureAtTheStartIsNotBelieved() async throws {
        let (log, directory) = (GrowingLog(), try TemporaryDirectory())
        try await RunningWitness.run([log.key], in: directory, time: SettableClock(1_800_000_000)) { witness in
            _ = try await witness.cosign(log, old: 0, new: 5)
        }
        try await RunningWitness.run([log.key], in: directory, time: SettableClock(1_799_990_000)) { witness in
            let (answer, isReady) = try await (witness.post(log.request(old: 5, new: 9)), witness.isReady())
            #expect(answer.summary == "503 wrong-clock" && !isReady)
        }
        try await RunningWitness.run([log.key], in: directory, time: SettableClock(-5)) { witness in
            let isReady = try await witness.isReady()
            #expect(!isReady)
        }
        try await RunningWitness.run([log.key], in: directory, time: SettableClock(1_800_000_001)) { witness in
            #expect(try await witness.isReady())
            _ = try await witness.cosign(log, old: 5, new: 9)
        }
    }
}
