import KeySchedule
import LibSodium
import PortesVerifier
import PrivacyPass
import Revocation
import VOPRF

/// Blinding, issuing, finalizing and verifying, in this process.
struct ProtocolBench {
    let rounds: Int

    func run() async throws -> [BenchResult] {
        var calls = BareCalls(messageCount: AuthenticatorInput.encodedCount)
        let fixture = try BenchFixture()
        let inputs = fixture.inputs(count: 100).map(\.encoded)
        var results: [BenchResult] = []
        results.append(
            try await .measure("blind", count: 100, rounds: rounds) {
                _ = try Blinding(inputs)
            } floor: {
                for _ in 0..<100 { BenchFloor.blind(&calls) }
            })
        for count in [1, 10, 100] {
            let request = try fixture.request(inputs: Array(inputs.prefix(count)))
            // Single requests are timed ten at a time: one alone is too short for the clock.
            let repeats = count == 1 ? 10 : 1
            results.append(
                try await .measure("issue-\(count)", count: count * repeats, rounds: rounds) {
                    for _ in 0..<repeats { _ = try fixture.issue(request) }
                } floor: {
                    for _ in 0..<repeats { BenchFloor.issue(&calls, count: count) }
                })
        }
        results.append(try await finalize(inputs, fixture: fixture))
        results.append(try await verify(fixture: fixture))
        return results
    }

    private func finalize(_ inputs: [[UInt8]], fixture: BenchFixture) async throws -> BenchResult {
        var calls = BareCalls(messageCount: AuthenticatorInput.encodedCount)
        let blinds = SecretScalarList(randomCount: inputs.count).encoded()
        let evaluation = try fixture.evaluate(
            Blinding(inputs, blinds: SecretScalarList(decoding: blinds)).blindedElements)
        // Finalizing consumes a blinding, so each round makes one anew, outside the watch.
        var times: [Double] = []
        var floors: [Double] = []
        for _ in 0..<rounds {
            let floorWatch = Stopwatch()
            BenchFloor.finalize(&calls, count: inputs.count)
            floors.append(floorWatch.microseconds / Double(inputs.count))
            let blinding = try Blinding(inputs, blinds: SecretScalarList(decoding: blinds))
            let watch = Stopwatch()
            _ = try blinding.finalize(evaluation, publicKey: fixture.publicKey)
            times.append(watch.microseconds / Double(inputs.count))
        }
        return BenchResult(
            name: "finalize-100", perToken: times.median, floorPerToken: floors.median,
            ratio: zip(times, floors).map { $0 / $1 }.median)
    }

    private func verify(fixture: BenchFixture) async throws -> BenchResult {
        var calls = BareCalls(messageCount: AuthenticatorInput.encodedCount)
        let tokens = try fixture.tokens(count: 100)
        let verifier = fixture.verifier
        let accepted = AcceptedChallenges(fixture.challenge)
        let now = SystemTimeSource().now()
        return try await .measure("verify", count: tokens.count, rounds: rounds) {
            for token in tokens { _ = try verifier.verify(token, for: accepted, at: now) }
        } floor: {
            for _ in tokens { BenchFloor.verify(&calls) }
        }
    }
}
