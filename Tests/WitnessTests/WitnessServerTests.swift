import HTTPTransport
import KeySchedule
import KeyTransparency
import LibSodium
import ServerSupport
import TestSupport
import Testing
import WitnessServer
import WitnessStore
import Witnessing

/// A witness over HTTP, as C2SP tlog-witness says it has to answer.
@Suite(.timeLimit(.minutes(5))) struct WitnessServerTests {
    let log = GrowingLog()

    @Test func aLogThatGrowsIsCosignedAgainAndAgain() async throws {
        try await RunningWitness.run([log.key]) { [log] witness in
            var last: UInt64 = 0
            for size: UInt64 in [0, 1, 2, 2, 7, 64, 300, 300] {
                let cosigned = try await witness.client.cosignature(
                    of: log.checkpoint(size), by: witness.witness, lastSize: last, proof: log.proofs)
                #expect(cosigned.signature.name.text == "witness.example/w1")
                last = size
            }
            let (logs, head) = (try await witness.application.database.logs(), try log.head(size: 300))
            #expect(logs.map(\.head) == [head] && logs[0].origin == log.key.name)
        }
    }

    @Test func anAnswerHasTheSpecifiedForm() async throws {
        try await RunningWitness.run([log.key]) { [log] witness in
            let good = try await witness.post(log.request(old: 0, new: 20))
            #expect(good.status == 200 && good.text.hasPrefix("\u{2014} witness.example/w1 "))
            #expect(good.text.hasSuffix("\n") && good.text.split(separator: "\n").count == 1)
            let conflict = try await witness.post(log.request(old: 0, new: 21))
            #expect(conflict.status == 409 && conflict.text == "20\n")
            #expect(conflict.header("Content-Type") == "text/x.tlog.size")
        }
    }

    /// In the order in which the specification names the checks.
    @Test func eachCheckHasItsStatus() async throws {
        let (other, stranger) = (GrowingLog("other.example"), GrowingLog())
        let fork = GrowingLog(seed: log.seed, salt: 1, forkedAt: 15)
        try await RunningWitness.run([log.key]) { [log] witness in
            _ = try await witness.cosign(log, old: 0, new: 20)
            func answer(_ request: AddCheckpointRequest) async throws -> String {
                try await witness.post(request).summary
            }
            // Of an unknown log nothing else is looked at.
            #expect(try await answer(other.request(old: 99, new: 30, proof: [])) == "404 unknown-log")
            // Of a signature that does not hold, neither sizes nor proof.
            #expect(try await answer(stranger.request(old: 99, new: 30, proof: [])) == "403 untrusted-signature")
            // Old size over new one comes before the size that was cosigned last.
            #expect(try await answer(log.request(old: 31, new: 30, proof: [])) == "400 bad-request")
            #expect(try await answer(log.request(old: 19, new: 30)) == "409 20\n")
            #expect(try await answer(log.request(old: 21, new: 30)) == "409 20\n")
            #expect(try await answer(log.request(old: 0, new: 10)) == "409 20\n")
            #expect(try await answer(fork.request(old: 20, new: 20)) == "409 20\n")
            #expect(try await answer(fork.request(old: 20, new: 30)) == "422 inconsistent-proof")
            #expect(try await answer(log.request(old: 20, new: 30, proof: [])) == "422 inconsistent-proof")
            #expect(try await answer(log.request(old: 20, new: 20, proof: [.zero])) == "422 inconsistent-proof")
            // And none of that changed anything.
            let (logs, head) = (try await witness.application.database.logs(), try log.head(size: 20))
            #expect(logs.map(\.head) == [head])
            _ = try await witness.cosign(log, old: 20, new: 30)
        }
    }

    @Test func aProofForANewLogMustBeEmpty() async throws {
        try await RunningWitness.run([log.key]) { [log] witness in
            #expect(try await witness.post(log.request(old: 0, new: 5, proof: [.zero])).summary == "400 bad-request")
            _ = try await witness.cosign(log, old: 0, new: 5)
        }
    }

    @Test func aLogMayHaveSeveralKeys() async throws {
        let next = GrowingLog()
        try await RunningWitness.run([log.key, next.key]) { [log] witness in
            _ = try await witness.cosign(log, old: 0, new: 20)
            // The same tree, under the log's next key.
            _ = try await witness.cosign(next, old: 20, new: 30)
            var note = try log.checkpoint(31).note
            note.add(next.signer.signature(for: note.unverifiedText))
            note.add(GrowingLog("unknown.example").signer.signature(for: "something else\n"))
            func request() throws -> AddCheckpointRequest {
                AddCheckpointRequest(
                    oldSize: 30, proof: try log.consistencyProof(from: 30, to: 31) ?? [], checkpoint: note)
            }
            #expect(try await witness.post(request()).status == 200)
            // A line that claims to be of a known key must hold, even beside a good one.
            note.add(next.signer.signature(for: "something else\n"))
            #expect(try await witness.post(request()).summary == "403 untrusted-signature")
        }
    }

    @Test func whatALogSignsAndIsNoCheckpointIsRefused() async throws {
        try await RunningWitness.run([log.key]) { [log] witness in
            for text in ["log.example\n", "log.example\n01\nAAAA\n", "log.example\n5\n\n\(1)\n"] {
                var note = try #require(SignedNote(unsigned: text))
                note.add(log.signer.signature(for: text))
                let request = AddCheckpointRequest(oldSize: 0, proof: [], checkpoint: note)
                #expect(try await witness.post(request).summary == "400 bad-request", "\(text)")
            }
        }
    }

    @Test func aBodyThatIsDamagedInAnyPlaceIsNeverCosigned() async throws {
        try await RunningWitness.run([log.key]) { [log] witness in
            _ = try await witness.cosign(log, old: 0, new: 20)
            let good = try log.request(old: 20, new: 33).encoded
            for copy in Damage.copies(of: good, .truncation) {
                let answer = try await witness.post(copy.bytes)
                #expect([400, 403].contains(answer.status), "\(copy.what): \(answer.status)")
            }
            // A bit in each byte, another one each time.
            for (index, copy) in Damage.copies(of: good, .bitFlip).enumerated() where index % 8 == index / 8 % 8 {
                let answer = try await witness.post(copy.bytes)
                #expect([400, 403, 404, 409, 422].contains(answer.status), "\(copy.what): \(answer.status)")
            }
            _ = try await witness.cosign(log, old: 20, new: 33)
        }
    }

    @Test func aBodyThatIsTooLargeIsNotRead() async throws {
        try await RunningWitness.run([log.key]) { witness in
            let body = Array("old 0\n\n".utf8) + Array(repeating: 0x61, count: AddCheckpointRequest.maximumCount)
            let answer = try await witness.post(body)
            #expect(answer.summary == "413 content-too-large")
        }
    }

    @Test func whatIsNoKeyOfALogIsNoKnownLog() {
        #expect(KnownLogs([log.signer.verificationKey(.cosignature)]) == nil)
    }

    @Test func whatHappensIsCounted() async throws {
        try await RunningWitness.run([log.key]) { [log] witness in
            _ = try await witness.cosign(log, old: 0, new: 20)
            _ = try await witness.post(log.request(old: 0, new: 21))
            _ = try await witness.post([])
            let text = witness.application.metrics.render()
            for line in ["cosigned\"} 1", "conflict\"} 1", "bad-request\"} 1", "unknown-log\"} 0"] {
                #expect(text.contains("portes_checkpoints_total{outcome=\"\(line)\n"), "\(line)")
            }
        }
    }
}
