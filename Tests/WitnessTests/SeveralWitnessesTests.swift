import HTTPTransport
import Hummingbird
import KeySchedule
import KeyTransparency
import TestSupport
import Testing
import Witnessing

/// A log that asks several witnesses at once.
@Suite(.timeLimit(.minutes(5))) struct SeveralWitnessesTests {
    let log = GrowingLog()
    let now = SystemTimeSource().now().wall

    private func honest(_ name: String, at time: UnixTime? = nil) -> WitnessStub {
        WitnessStub(name) { [log] stub, request in .text(try stub.line(request, log: log, at: time)) }
    }

    /// Asks all of them.
    private func ask(
        _ stubs: [WitnessStub], threshold: Int, deadline: Duration = .seconds(30)
    ) async throws -> (CosignedCheckpoint, WitnessPolicy) {
        let found = Found<CosignedCheckpoint>()
        let policy = try #require(WitnessPolicy(witnesses: stubs.map(\.key), threshold: threshold))
        try await running(stubs[...], []) { [log] witnesses in
            let transport = try HTTPTransport()
            let client = WitnessClient(transport: transport, timeout: .seconds(20))
            found.set(
                await client.cosign(
                    try log.checkpoint(200), by: witnesses, policy: policy, deadline: deadline, proof: log.proofs))
            await transport.shutdown()
        }
        return (try #require(found.value), policy)
    }

    private func running(
        _ stubs: ArraySlice<WitnessStub>, _ witnesses: [Witness],
        _ body: @escaping @Sendable ([Witness]) async throws -> Void
    ) async throws {
        guard let first = stubs.first else { return try await body(witnesses) }
        try await first.run { [self] witness, _ in
            try await running(stubs.dropFirst(), witnesses + [witness], body)
        }
    }

    @Test func theNoteCarriesTheCosignaturesOfAllThatAnswered() async throws {
        let stubs = [honest("a.example"), honest("b.example"), honest("c.example")]
        let (cosigned, policy) = try await ask(stubs, threshold: 3)
        #expect(cosigned.isPolicyMet && cosigned.failures.isEmpty)
        #expect(try policy.isMet(by: cosigned.note, at: now))
        #expect(cosigned.note.signatures.count == 4)
        #expect(cosigned.lastSizes == Dictionary(uniqueKeysWithValues: stubs.map { ($0.key, 200) }))
        // What is published is read again as it was.
        #expect(try SignedNote(decoding: cosigned.note.encoded) == cosigned.note)
    }

    @Test func aSilentWitnessIsNotWaitedForOnceThePolicyIsMet() async throws {
        let begin = ContinuousClock.now
        let (cosigned, _) = try await ask([.silent("a.example"), honest("b.example")], threshold: 1)
        #expect(cosigned.isPolicyMet && cosigned.failures.values.map { $0 } == [.notAwaited])
        #expect(ContinuousClock.now - begin < .seconds(15))
    }

    @Test func theDeadlineEndsTheWaitForASilentWitness() async throws {
        let (cosigned, _) = try await ask(
            [.silent("a.example"), honest("b.example")], threshold: 2, deadline: .milliseconds(700))
        #expect(!cosigned.isPolicyMet && cosigned.note.signatures.count == 2)
        #expect(cosigned.failures.values.map { $0 } == [.notAwaited])
    }

    @Test func whatEachFailedWithIsKept() async throws {
        let broken = WitnessStub("a.example") { _, _ in .text("", status: .notFound) }
        let ahead = WitnessStub("b.example") { _, _ in .conflict("201\n") }
        let (cosigned, _) = try await ask([broken, ahead, honest("c.example")], threshold: 2)
        #expect(!cosigned.isPolicyMet)
        #expect(cosigned.failures == [broken.key: .unknownLog, ahead.key: .ahead(size: 201)])
        #expect(cosigned.lastSizes[ahead.key] == 201)
    }

    @Test(arguments: [(86_000, true), (86_500, false), (-200, true), (-400, false)])
    func aCosignatureCountsOnlyWhileItIsRecent(age: Int64, counts: Bool) async throws {
        let (cosigned, _) = try await ask([honest("a.example", at: now.adding(seconds: -age))], threshold: 1)
        #expect(cosigned.isPolicyMet == counts && cosigned.note.signatures.count == (counts ? 2 : 1))
        guard !counts else { return }
        guard case .wrongTime(let found) = cosigned.failures.values.first else {
            Issue.record("\(cosigned.failures)")
            return
        }
        #expect(abs(found - age) < 30)
    }

    @Test func nobodyIsAskedWherePolicyWantsNobody() async throws {
        let stub = honest("a.example")
        let (cosigned, _) = try await ask([stub], threshold: 0)
        #expect(cosigned.isPolicyMet && stub.oldSizes.isEmpty)
    }
}
