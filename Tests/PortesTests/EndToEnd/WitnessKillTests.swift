import Foundation
import HTTPTransport
import KeySchedule
import KeyTransparency
import Synchronization
import TestSupport
import Testing

@testable import portes

/// A witness that is killed while logs with two histories press it for cosignatures: it never signs both, not even
/// with a restart in between.
@Suite(.serialized, .timeLimit(.minutes(30))) struct WitnessKillTests {
    private static let forkedAt: UInt64 = 4

    /// A log that signs two histories, and the sizes that were cosigned of each.
    private final class TwoFacedLog: Sendable {
        let faces: [GrowingLog]
        let cosigned = Mutex<[Set<UInt64>]>([[], []])

        init(_ number: Int) {
            let first = GrowingLog("log\(number).example", count: 120)
            let salted = GrowingLog("log\(number).example", seed: first.seed, count: 120, salt: 1, forkedAt: forkedAt)
            faces = [first, salted]
        }

        /// The largest size that was cosigned, of either history.
        var largest: UInt64 { cosigned.withLock { $0.flatMap { $0 }.max() ?? 0 } }
        var hasTwoHistories: Bool {
            cosigned.withLock { $0.allSatisfy { ($0.max() ?? 0) > WitnessKillTests.forkedAt } }
        }
    }

    /// How many cosignatures arrived.
    private final class Answers: Sendable {
        private let count = Mutex(0)

        func next() -> Int {
            count.withLock {
                $0 += 1
                return $0
            }
        }
    }

    /// `PORTES_KILL_ROUNDS` says how often; a few times by default.
    @Test func killingAWitnessUnderLoadNeverMakesItSignTwoHistories() async throws {
        let rounds = ProcessInfo.processInfo.environment["PORTES_KILL_ROUNDS"].flatMap { Int($0) } ?? 5
        let temporary = try TemporaryDirectory()
        var total = 0
        for round in 0..<rounds {
            let logs = (0..<3).map { TwoFacedLog(round * 3 + $0) }
            let answers = try await press(logs, in: temporary, killAfter: 1 + (round * 7) % 20)
            total += answers
            // What it has forgotten, or the other history, it would sign now.
            _ = try await press(logs, in: temporary, killAfter: nil)
            for log in logs {
                #expect(!log.hasTwoHistories, "two histories were cosigned in round \(round)")
                #expect(log.largest > Self.forkedAt)
            }
        }
        print("killed \(rounds) times after \(total) cosignatures")
    }

    /// Starts the witness, submits both histories of all logs at once, and kills it after some answers or ends it after
    /// all; gives the number of cosignatures. The witness begins where it was: at no less than what it has signed.
    private func press(_ logs: [TwoFacedLog], in temporary: TemporaryDirectory, killAfter: Int?) async throws -> Int {
        let identity = try CommandRun(["witness", "identity", "--name", "witness.example", "--data", temporary.path])
        let key = try #require(NoteVerificationKey(verifierKey: String(identity.output.dropLast())))
        let keys = logs.flatMap { ["--log", $0.faces[0].key.verifierKey] }
        let witness = try ChildProcess(
            ["witness", "run", "--listen", "127.0.0.1:0", "--data", temporary.path] + keys)
        let url = try await witness.waitForLine("listening on ")
        let transport = try HTTPTransport(connections: 64)
        if killAfter == nil {
            for log in logs {
                let old = log.faces[0].count
                let answer = try await post(log.faces[0].request(old: old, new: old), to: url, transport)
                #expect(answer.status == 409 && (UInt64(answer.text.dropLast()) ?? 0) >= log.largest)
            }
        }
        let (answers, process) = (Answers(), witness.identifier)
        let count = await withTaskGroup(of: Int.self) { group in
            for log in logs {
                for client in 0..<8 {
                    group.addTask {
                        await submit(log, face: client % 2, to: url, key, transport) {
                            if answers.next() == killAfter { kill(process, SIGKILL) }
                        }
                    }
                }
            }
            return await group.reduce(0) { $0 + $1 }
        }
        await witness.terminate()
        await transport.shutdown()
        return count
    }

    /// Submits one history until it has grown, the witness refuses it, or is gone; gives the number of cosignatures.
    private func submit(
        _ log: TwoFacedLog, face: Int, to url: String, _ key: NoteVerificationKey, _ transport: HTTPTransport,
        cosigned: @Sendable () -> Void
    ) async -> Int {
        var (last, count) = (UInt64(0), 0)
        for _ in 0..<30 {
            let new = min(log.faces[face].count, last + 1 + UInt64(face))
            guard let request = try? log.faces[face].request(old: last, new: new),
                let response = try? await post(request, to: url, transport)
            else { return count }
            switch response.status {
            case 200:
                guard let line = NoteSignature(line: response.text.dropLast()), key.made(line),
                    key.cosignatureTime(line, for: request.checkpoint.unverifiedText) != nil
                else {
                    Issue.record("the cosignature does not hold")
                    return count
                }
                _ = log.cosigned.withLock { $0[face].insert(new) }
                (last, count) = (new, count + 1)
                cosigned()
            case 409: last = UInt64(response.text.dropLast()) ?? 0
            default: return count
            }
        }
        return count
    }

    private func post(
        _ request: AddCheckpointRequest, to url: String, _ transport: HTTPTransport
    ) async throws -> HTTPTransportResponse {
        try await transport.post(
            url + "/add-checkpoint", contentType: "text/plain", body: request.encoded, timeout: .seconds(60))
    }
}
