import AuthorityServer
import Foundation
import KeySchedule
import PortesClient
import PortesClientHTTP
import PrivacyPass
import Testing

/// A clock that goes many times as fast as the machine's.
struct FastClock: TimeSource {
    private let start = ContinuousClock.now
    private let origin: Int64 = 1_800_000_000
    let factor: Int

    func now() -> Moment {
        let passed = start.duration(to: .now) * factor
        return Moment(wall: UnixTime(seconds: origin + passed.components.seconds), monotonic: passed)
    }
}

/// `PORTES_ROTATION_SECONDS` says for how long; the soak sets it to 600.
struct FastRotationTests {
    private static let seconds = ProcessInfo.processInfo.environment["PORTES_ROTATION_SECONDS"].flatMap(Int.init) ?? 60

    /// What a client saw.
    private struct Tally: Sendable {
        var tokens = 0
        var keys: Set<TokenKeyID> = []
        var refusals = 0
    }

    /// Epochs of 120 s on a clock that is 120 times as fast: a rotation every second.
    @Test func aClientThatFetchesWithoutPauseFailsNoFinalizationWhileKeysRotateEverySecond() async throws {
        let clock = FastClock(factor: 120)
        let tally = try await RunningAuthority.serving(isDevelopment: true, clock: clock) { running in
            let reply = await running.authority.handle(
                .createKey(KeyParameters(capability: "session", epoch: 120, acceptance: 60, announcement: 30)))
            guard case .key = reply else { throw UnexpectedReply(reply: reply) }
            return try await fetch(from: running, clock: clock)
        }
        // A machine that is so busy that a key is made a quarter of a second late has gaps in which nothing is issued,
        // and requests that are refused before anything is charged: fewer keys, but no failure.
        print("\(tally.tokens) tokens of \(tally.keys.count) keys in \(Self.seconds) s; \(tally.refusals) refusals")
        #expect(tally.keys.count >= Self.seconds / 4)
        #expect(tally.tokens > tally.keys.count)
    }

    private func fetch(from running: RunningAuthority, clock: FastClock) async throws -> Tally {
        let client = IssuerClient(
            url: try ServerURL(running.url), name: try ServerName("issuer.example"), transport: try HTTPTokenTransport(),
            now: { clock.now().wall.seconds })
        let challenge = try TokenChallenge(
            tokenType: .voprfRistretto255, issuerName: ServerName("issuer.example"),
            originNames: [ServerName("play.example")])
        var tally = Tally()
        let end = ContinuousClock.now + .seconds(Self.seconds)
        while ContinuousClock.now < end {
            do {
                let key = try await client.currentKey(for: .session)
                let pending = try Client.request(challenge: challenge, tokenKey: key, count: 5)
                let answer = try await client.answer(pending.request, voucher: .notNeeded)
                // Throws what makes this test fail.
                let tokens = try pending.finalize(answer)
                tally.tokens += tokens.count
                tally.keys.insert(tokens[0].input.keyID)
            } catch IssuanceError.keyNotIssuing, IssuanceError.keyLog(.notTheIssuingKey), IssuanceError.noKey {
                tally.refusals += 1
            }
        }
        return tally
    }
}
