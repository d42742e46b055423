import Foundation
import HTTPTransport
import KeySchedule
import KeyTransparency
import Logging
import ServerSupport
import ServiceLifecycle
import TestSupport
import Testing
import WitnessServer
import Witnessing

/// The witness protocol against a witness and a log in Python.
@Suite(.enabled(if: PythonPeer.isExpected, "no .venv: run Scripts/setup --tests"), .timeLimit(.minutes(5)))
struct TheirWitnessTests {
    @Test func theirWitnessCosignsOurCheckpoints() async throws {
        let log = GrowingLog("issuer.example/log")
        let script = try PythonProgram("witness", ["witness", "their.example/w1", log.key.verifierKey])
        let key = try #require(NoteVerificationKey(verifierKey: try await script.line()))
        let witness = try #require(Witness(submissionPrefix: try await script.line(), key: key))
        let policy = try #require(WitnessPolicy(witnesses: [key], threshold: 1))
        try await withTransport { transport in
            let client = WitnessClient(transport: transport)
            var last: [NoteVerificationKey: UInt64] = [:]
            for size: UInt64 in [0, 1, 2, 3, 5, 8, 13, 64, 65, 127, 128, 128, 300] {
                let cosigned = await client.cosign(
                    try log.checkpoint(size), by: [witness], lastSizes: last, policy: policy, proof: log.proofs)
                #expect(cosigned.isPolicyMet, "size \(size): \(cosigned.failures)")
                #expect(try policy.isMet(by: cosigned.note, at: SystemTimeSource().now().wall))
                last = cosigned.lastSizes
            }
            // A log that has lost what it knew of the witness is told.
            let again = try await client.cosignature(
                of: log.checkpoint(300), by: witness, lastSize: 0, proof: log.proofs)
            #expect(again.signature.name == key.name)
        }
    }

    @Test func theirWitnessRefusesAnotherHistoryOfOurs() async throws {
        let log = GrowingLog("issuer.example/log")
        let fork = GrowingLog("issuer.example/log", seed: log.seed, salt: 1, forkedAt: 10)
        let stranger = GrowingLog("issuer.example/log")
        let unknown = GrowingLog("another.example/log")
        let script = try PythonProgram("witness", ["witness", "their.example/w1", log.key.verifierKey])
        let key = try #require(NoteVerificationKey(verifierKey: try await script.line()))
        let witness = try #require(Witness(submissionPrefix: try await script.line(), key: key))
        try await withTransport { transport in
            let client = WitnessClient(transport: transport)
            func failure(_ log: GrowingLog, size: UInt64, last: UInt64) async throws -> WitnessFailure? {
                let checkpoint = try log.checkpoint(size)
                let proofs = log.proofs
                do throws(WitnessFailure) {
                    _ = try await client.cosignature(of: checkpoint, by: witness, lastSize: last, proof: proofs)
                    return nil
                } catch {
                    return error
                }
            }
            let found = try await [
                failure(log, size: 20, last: 0), failure(fork, size: 30, last: 20), failure(fork, size: 20, last: 20),
                failure(log, size: 19, last: 19), failure(stranger, size: 30, last: 20),
                failure(unknown, size: 30, last: 20), failure(log, size: 30, last: 20),
            ]
            #expect(
                found == [
                    nil, .inconsistent, .otherHistory(size: 20), .ahead(size: 20), .untrustedLog, .unknownLog, nil,
                ])
        }
    }

    @Test func ourWitnessCosignsTheirCheckpointsAndRefusesTheirForks() async throws {
        let script = try PythonProgram("witness", ["log", "their.example/log"])
        let key = try #require(NoteVerificationKey(verifierKey: try await script.line()))
        let temporary = try TemporaryDirectory()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let application = try WitnessApplication(
            WitnessConfiguration(
                dataDirectory: temporary.path, name: NoteKeyName("witness.example/w1"),
                logs: try #require(KnownLogs([key])),
                server: ServerConfiguration(
                    address: ListenAddress(host: "127.0.0.1", port: 0), shutdownDuration: .seconds(1))),
            logger: logger)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: application.services, logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let address = "http://127.0.0.1:\(try await application.port) \(application.verificationKey.verifierKey)"
            func submit(_ history: String, _ old: Int, _ new: Int) async throws -> String {
                try await script.ask("submit \(address) \(history) \(old) \(new)")
            }
            var last = 0
            for size in [1, 2, 3, 7, 8, 9, 31, 100, 100, 128, 255] {
                let before = SystemTimeSource().now().wall.seconds
                let time = Int64(try await submit("a", last, size))
                #expect(try #require(time) >= before, "size \(size)")
                last = size
            }
            #expect(try await submit("a", 0, 300) == "409 255")
            #expect(try await submit("a", 100, 90) == "400 application/problem+json")
            #expect(try await submit("b", 255, 255) == "409 255")
            #expect(try await submit("b", 255, 300) == "422 application/problem+json")
            #expect(Int64(try await submit("a", 255, 300)) != nil)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func withTransport(_ body: (HTTPTransport) async throws -> Void) async throws {
        let transport = try HTTPTransport()
        let result: Result<Void, any Error>
        do { result = .success(try await body(transport)) } catch { result = .failure(error) }
        await transport.shutdown()
        try result.get()
    }
}
