@testable import ClearingServer
import ClearingStore
import Foundation
import HTTPTransport
import JOSE
import KeySchedule
import LibSodium
import PortesVerifier
import PrivacyPass
import Revocation
import ServerSupport
import TestSupport
import Testing

@Suite struct ReplicationTests {
    @Test func nothingIsAcceptedBeforeKeysArrive() async throws {
        try await ClearingHarness.run { clearing in
            #expect(try await clearing.transport.get(clearing.url + "/livez").status == 200)
            let ready = try await clearing.transport.get(clearing.url + "/readyz")
            #expect(ready.status == 503 && ready.text.contains("\"keys\""))
            let token = try TestMint(now: clearing.time.now().wall).token(for: clearing.challenge)
            _ = try await clearing.deliveredMint()
            #expect(try await clearing.present(token).problem == "unknown-key")
        }
    }

    @Test func withoutAKeyThereIsNothingToAskFor() async throws {
        let capabilities = try Set([#require(Capability("play"))])
        try await ClearingHarness.run(capabilities: capabilities) { clearing in
            let mint = try TestMint(capability: "session", now: clearing.time.now().wall)
            clearing.authority.deliver(mint, to: clearing.application.identity)
            try await clearing.until {
                try await clearing.transport.get(clearing.url + "/readyz").text.contains(#"{"failing":["keys"]"#)
            }
            for path in ["/redeem", "/verify"] {
                // Often enough to meet a challenge of a reserved type, if one were sent.
                for _ in 0..<40 {
                    let request = HTTPTransportRequest(.post, .url(clearing.url + path))
                    let answer = try await clearing.transport.send(request)
                    #expect(answer.status == 503 && answer.problem == "not-ready")
                    #expect(answer.header("Retry-After") != nil)
                    #expect(answer.values(of: "WWW-Authenticate").isEmpty)
                }
                let token = try mint.token(for: clearing.challenge)
                #expect(try await clearing.present(token, at: path).problem == "not-ready")
            }
        }
    }

    @Test func aServerAsksOftenEnoughToBeLessThanFiveSecondsBehind() throws {
        let address = ListenAddress(host: "127.0.0.1", port: 0)
        let configuration = ClearingConfiguration(
            dataDirectory: "data", server: ServerConfiguration(address: address), issuerURL: "https://issuer.example",
            origin: try ServerName("origin.example"))
        #expect(configuration.pollInterval <= .seconds(2))
        // An answer that does not come is given up before it is as much.
        #expect(AuthoritySource.timeout < .seconds(5))
    }

    @Test func keysThatDoNotComeHoldNoRevocationUp() async throws {
        try await ClearingHarness.run { clearing in
            let mint = try await clearing.deliveredMint()
            clearing.stub.holdsDeliveries.set(true)
            try await clearing.until { clearing.stub.held.value == 1 }
            clearing.authority.revoke(.key(mint.record.id))
            try await clearing.until {
                try await clearing.present(mint.token(for: clearing.challenge)).problem == "key-revoked"
            }
            // Head after head comes while one and the same request for keys waits.
            var (held, heads) = (clearing.stub.held.value, clearing.stub.heads.value)
            try await clearing.until {
                if clearing.stub.held.value != held { (held, heads) = (clearing.stub.held.value, clearing.stub.heads.value) }
                return clearing.stub.heads.value >= heads + 3
            }
            clearing.stub.holdsDeliveries.set(false)
        }
    }

    @Test func aRevokedTokenAndThenARevokedKeyAreRefusedSoon() async throws {
        try await ClearingHarness.run { clearing in
            let mint = try await clearing.deliveredMint()
            let (one, two) = (try mint.token(for: clearing.challenge), try mint.token(for: clearing.challenge))
            clearing.authority.revoke(.token(Nullifier(of: one.input), mint.record.id))
            try await clearing.until {
                // A list with the entry is in force as soon as the metric says so.
                clearing.application.metrics.render().contains("portes_revocation_entries 1")
            }
            #expect(try await clearing.present(one).problem == "token-revoked")
            #expect(try await clearing.present(two).status == 200)
            clearing.authority.revoke(.key(mint.record.id))
            try await clearing.until { try await clearing.present(two).problem == "key-revoked" }
            // A revoked key is asked for no more, and the server is not ready without another.
            #expect(try await clearing.challengeKeys().isEmpty)
            #expect(try await clearing.isReady() == false)
        }
    }

    @Test func aRevokedCapabilityIsRefusedFromItsDayOnAndTheOthersAreNot() async throws {
        try await ClearingHarness.run { clearing in
            let session = try await clearing.deliveredMint()
            let play = try await clearing.deliveredMint(capability: "play")
            clearing.authority.revoke(
                .capability(play.record.capability), from: clearing.time.now().wall.startOfDay)
            try await clearing.until {
                try await clearing.present(play.token(for: clearing.challenge)).problem == "capability-revoked"
            }
            #expect(try await clearing.present(session.token(for: clearing.challenge)).status == 200)
            #expect(try await clearing.challengeKeys() == [session.record.publicKey])
            // Where nothing else is left, that is said to who asks what to bring.
            clearing.authority.revoke(
                .capability(session.record.capability), from: clearing.time.now().wall.startOfDay)
            try await clearing.until { try await clearing.challengeKeys().isEmpty }
            let empty = try await clearing.presentNothing()
            #expect(empty.status == 403 && empty.problem == "capability-revoked")
        }
    }

    @Test func aServerWhoseTrustIsRevokedStopsAndSaysWhy() async throws {
        try await ClearingHarness.run { clearing in
            let mint = try await clearing.deliveredMint()
            clearing.authority.revoke(.verifier(VerifierID(Randomness.bytes32())))
            try await clearing.until {
                clearing.application.metrics.render().contains("portes_revocation_entries 1")
            }
            #expect(try await clearing.present(mint.token(for: clearing.challenge)).status == 200)
            clearing.stub.refusesDeliveries.set(true)
            clearing.authority.revoke(.verifier(clearing.application.identity.id))
            try await clearing.until {
                try await clearing.present(mint.token(for: clearing.challenge)).problem == "verifier-revoked"
            }
            let answer = try await clearing.present(mint.token(for: clearing.challenge))
            #expect(answer.status == 503 && answer.header("Retry-After") != nil)
            #expect(answer.values(of: "WWW-Authenticate").isEmpty)
            let ready = try await clearing.transport.get(clearing.url + "/readyz")
            #expect(ready.status == 503 && ready.text.contains("verifier-trust"))
            // Nothing is asked for any more either, and whoever asks is not told to come back soon.
            let asked = try await clearing.transport.send(HTTPTransportRequest(.post, .url(clearing.url + "/redeem")))
            #expect(asked.status == 503 && asked.problem == "verifier-revoked" && asked.header("Retry-After") == "3600")
            #expect(try await clearing.challengeKeys().isEmpty)
        }
    }

    @Test func outagesOfTheAuthorityAreBridgedUntilTheListIsStale() async throws {
        try await ClearingHarness.run { clearing in
            let mint = try await clearing.deliveredMint()
            clearing.stub.isAway.set(true)
            // Once two more were refused, no answer from before is on its way any more.
            let refusals = clearing.stub.refusals.value
            try await clearing.until { clearing.stub.refusals.value >= refusals + 2 }
            clearing.time.advance(seconds: 3_500)
            #expect(try await clearing.present(mint.token(for: clearing.challenge)).status == 200)
            clearing.time.advance(seconds: 200)
            let answer = try await clearing.present(mint.token(for: clearing.challenge))
            #expect(answer.status == 503 && answer.problem == "revocation-list-stale")
            #expect(answer.header("Retry-After") != nil)
            #expect(try await clearing.transport.get(clearing.url + "/readyz").text.contains("revocation-list"))
            clearing.stub.isAway.set(false)
            try await clearing.until {
                try await clearing.present(mint.token(for: clearing.challenge)).status == 200
            }
        }
    }

    @Test func aServerIsReadyOnlyWhileItsListIsFreshEnoughForTheStrictestCapability() async throws {
        let (session, play) = try (#require(Capability("session")), #require(Capability("play")))
        let limits = FreshnessLimits(special: [play: .seconds(60)])
        try await ClearingHarness.run(
            capabilities: [session, play], configure: { $0.limits = limits }
        ) { clearing in
            let now = clearing.time.now().wall
            let (mint, other) = (try TestMint(capability: "session", now: now), try TestMint(capability: "play", now: now))
            for key in [mint, other] { clearing.authority.deliver(key, to: clearing.application.identity) }
            try await clearing.until { try await clearing.isReady() }
            clearing.stub.isAway.set(true)
            let refusals = clearing.stub.refusals.value
            try await clearing.until { clearing.stub.refusals.value >= refusals + 2 }
            clearing.time.advance(seconds: 100)
            #expect(try await clearing.present(mint.token(for: clearing.challenge)).status == 200)
            #expect(
                try await clearing.present(other.token(for: clearing.challenge)).problem == "revocation-list-stale")
            #expect(try await clearing.transport.get(clearing.url + "/readyz").text.contains("revocation-list"))
        }
    }

    @Test func anEndedKeyIsRefusedWhileItsReplaysAreAnswered() async throws {
        try await ClearingHarness.run { clearing in
            let mint = try await clearing.deliveredMint()
            let token = try mint.token(for: clearing.challenge)
            let binding = SpendBinding.random()
            let first = try await clearing.present(token, binding: binding)
            clearing.time.advance(seconds: 7_200)
            try await clearing.until {
                try await !clearing.transport.get(clearing.url + "/readyz").text.contains("revocation-list")
            }
            #expect(try await clearing.present(token).problem == "key-no-longer-accepted")
            let replay = try await clearing.present(token, binding: binding)
            #expect(replay.member("outcome") == "replayed")
            #expect(replay.member("receipt") == first.member("receipt"))
            let late = try await clearing.present(mint.token(for: clearing.challenge), binding: binding)
            #expect(late.status == 401 && late.problem == "key-no-longer-accepted")
        }
    }

    @Test func aRotationIsFollowedAndOldTokensStayGood() async throws {
        try await ClearingHarness.run { clearing in
            let old = try await clearing.deliveredMint(age: 1_800)
            let new = try await clearing.deliveredMint()
            #expect(try await clearing.challengeKeys() == [new.record.publicKey])
            #expect(try await clearing.present(old.token(for: clearing.challenge)).status == 200)
            #expect(try await clearing.present(new.token(for: clearing.challenge)).status == 200)
        }
    }

    @Test func onlyAcceptedCapabilitiesAreTaken() async throws {
        let play = try #require(Capability("play"))
        try await ClearingHarness.run(capabilities: [play]) { clearing in
            let session = try TestMint(now: clearing.time.now().wall)
            clearing.authority.deliver(session, to: clearing.application.identity)
            let mint = try await clearing.deliveredMint(capability: "play")
            #expect(try await clearing.challengeKeys() == [mint.record.publicKey])
            #expect(try await clearing.present(session.token(for: clearing.challenge)).problem == "unknown-key")
            #expect(try await clearing.present(mint.token(for: clearing.challenge)).status == 200)
        }
    }

    @Test func aKeyThatIsAnnouncedAndDoesNotArriveMakesTheServerUnready() async throws {
        try await ClearingHarness.run { clearing in
            _ = try await clearing.deliveredMint()
            let next = try TestMint(now: clearing.time.now().wall, age: -1_000)
            clearing.stub.announced.value = [next.record]
            // The second fetch from now on began after the first was noted.
            let fetched = clearing.stub.directoryFetches.value
            try await clearing.until { clearing.stub.directoryFetches.value >= fetched + 2 }
            clearing.time.advance(seconds: 400)
            try await clearing.until { try await clearing.isReady() }
            clearing.time.advance(seconds: 500)
            try await clearing.until {
                try await clearing.transport.get(clearing.url + "/readyz").text.contains("next-key")
            }
            clearing.authority.deliver(next, to: clearing.application.identity)
            try await clearing.until { try await clearing.isReady() }
        }
    }

    @Test func aServerThatIsToHoldNoSecretWaitsForNone() async throws {
        let authority = TestAuthority()
        authority.trustWithPublicKeysAlone()
        try await ClearingHarness.run(authority: authority) { clearing in
            _ = try await clearing.deliveredMint()
            clearing.stub.announced.value = [try TestMint(now: clearing.time.now().wall, age: -1_000).record]
            let fetched = clearing.stub.directoryFetches.value
            try await clearing.until { clearing.stub.directoryFetches.value >= fetched + 2 }
            clearing.time.advance(seconds: 900)
            try await clearing.until { try await clearing.isReady() }
        }
    }

    @Test func keysThatTheDirectoryAnnouncesWithAbsurdDatesDoNotHarmTheServer() async throws {
        try await ClearingHarness.run { clearing in
            _ = try await clearing.deliveredMint()
            for seconds in [Int64.min, .min + 1, -1, .max] {
                let mint = try TestMint(now: UnixTime(seconds: seconds))
                clearing.stub.announced.value = [mint.record]
                let fetched = clearing.stub.directoryFetches.value
                try await clearing.until { clearing.stub.directoryFetches.value >= fetched + 2 }
                #expect(try await clearing.isReady())
            }
        }
    }

    @Test func deliveredKeysWithAbsurdDatesDoNotHarmTheServer() async throws {
        try await ClearingHarness.run { clearing in
            for seconds in [Int64.min, .max] {
                let mint = try TestMint(now: UnixTime(seconds: seconds))
                clearing.authority.deliver(mint, to: clearing.application.identity)
            }
            let mint = try await clearing.deliveredMint()
            #expect(try await clearing.present(mint.token(for: clearing.challenge)).status == 200)
        }
    }

    @Test func aListOfSeveralDeltasArrivesAndOneThatNeverEndsIsGivenUp() async throws {
        try await ClearingHarness.run { clearing in
            clearing.stub.repeatsFirstDelta.set(true)
            let mint = try TestMint(now: clearing.time.now().wall)
            for _ in 0...RevocationDelta.maximumEntryCount {
                clearing.authority.revoke(.token(try #require(Nullifier(Randomness.bytes(16))), mint.record.id))
            }
            clearing.authority.deliver(mint, to: clearing.application.identity)
            try await clearing.until {
                let text = clearing.application.metrics.render()
                return text.contains("portes_replication_failures_total")
                    && !text.contains("portes_replication_failures_total 0")
            }
            // Some entries may have arrived while the list was still short; the whole never does.
            #expect(!clearing.application.metrics.render().contains("portes_revocation_entries 10001"))
            clearing.stub.repeatsFirstDelta.set(false)
            try await clearing.until {
                clearing.application.metrics.render().contains("portes_revocation_entries 10001")
            }
        }
    }

    @Test func withoutAPinnedKeyTheFirstAuthorityIsTrustedForGood() async throws {
        let (directory, authority) = (try TemporaryDirectory(), TestAuthority())
        try await ClearingHarness.run(in: directory, authority: authority, isPinned: false) { clearing in
            let mint = try await clearing.deliveredMint()
            #expect(try await clearing.present(mint.token(for: clearing.challenge)).status == 200)
        }
        let stranger = TestAuthority()
        try await ClearingHarness.run(in: directory, authority: stranger, isPinned: false) { clearing in
            let mint = try TestMint(now: clearing.time.now().wall)
            stranger.deliver(mint, to: clearing.application.identity)
            try await clearing.until {
                !clearing.application.metrics.render().contains("portes_replication_failures_total 0")
            }
            #expect(try await clearing.challengeKeys().contains(mint.record.publicKey) == false)
        }
    }

    @Test func aDeliveryCanBeCarriedInAFile() async throws {
        let (directory, authority) = (try TemporaryDirectory(), TestAuthority())
        let identity = try ClearingIdentity.open(atPath: directory.path)
        let mint = try TestMint(now: SystemTimeSource().now().wall)
        authority.deliver(mint, to: identity)
        let path = directory.path + "/carried.jws"
        try Data((authority.delivery(to: identity.id) + "\n").utf8).write(to: URL(filePath: path))
        try await ClearingHarness.run(
            in: directory, authority: authority,
            configure: {
                $0.deliveryFile = path
                // Nobody listens there, so that nothing comes by another way.
                $0.issuerURL = "http://127.0.0.1:1"
            }
        ) { clearing in
            try await clearing.until {
                try await clearing.present(mint.token(for: clearing.challenge)).problem == "revocation-list-stale"
            }
        }
    }

    @Test func aCarriedDeliveryThatWasOvertakenDoesNotKeepTheServerFromStarting() async throws {
        let (directory, authority) = (try TemporaryDirectory(), TestAuthority())
        let identity = try ClearingIdentity.open(atPath: directory.path)
        authority.deliver(try TestMint(now: SystemTimeSource().now().wall, age: 90), to: identity)
        let path = directory.path + "/carried.jws"
        try Data(authority.delivery(to: identity.id).utf8).write(to: URL(filePath: path))
        for age in [60, 30] as [Int64] {
            try await ClearingHarness.run(in: directory, authority: authority, configure: { $0.deliveryFile = path }) {
                clearing in
                // Newer than what the file holds.
                let mint = try await clearing.deliveredMint(age: age)
                #expect(try await clearing.present(mint.token(for: clearing.challenge)).status == 200)
            }
        }
    }

    @Test func metricsCanBeServedOnALoopbackPortAndNowhereElse() async throws {
        try await ClearingHarness.run(configure: { $0.metricsAddress = try ListenAddress("127.0.0.1:0") }) { clearing in
            let answer = try await clearing.transport.get(clearing.url + "/metrics")
            #expect(answer.status == 404)
        }
        await #expect(throws: ClearingServerError.metricsBeyondLoopback) {
            try await ClearingHarness.run(configure: { $0.metricsAddress = try ListenAddress("0.0.0.0:0") }) { _ in }
        }
        await #expect(throws: ClearingServerError.unreadableDelivery(path: "/does/not/exist")) {
            try await ClearingHarness.run(configure: { $0.deliveryFile = "/does/not/exist" }) { _ in }
        }
    }

    @Test func spentTokensStaySpentAcrossARestartOfTheServer() async throws {
        let (directory, authority) = (try TemporaryDirectory(), TestAuthority())
        let kept = Mutexed<(mint: TestMint, token: Token, receipt: String?)?>(nil)
        let binding = SpendBinding.random()
        try await ClearingHarness.run(in: directory, authority: authority) { clearing in
            let mint = try await clearing.deliveredMint()
            let token = try mint.token(for: clearing.challenge)
            let receipt = try await clearing.present(token, binding: binding).member("receipt")
            kept.value = (mint, token, receipt)
        }
        let first = try #require(kept.value)
        try await ClearingHarness.run(in: directory, authority: authority) { clearing in
            try await clearing.until { try await clearing.isReady() }
            let replay = try await clearing.present(first.token, binding: binding)
            #expect(replay.member("outcome") == "replayed" && replay.member("receipt") == first.receipt)
            #expect(try await clearing.present(first.token).status == 409)
        }
    }

    @Test func theAdminSocketTellsCountsAndNothingOfTokens() async throws {
        let directory = try TemporaryDirectory()
        try await ClearingHarness.run(in: directory) { clearing in
            let mint = try await clearing.deliveredMint()
            _ = try await clearing.present(mint.token(for: clearing.challenge))
            let answer = try await clearing.transport.send(
                HTTPTransportRequest(.get, .unixSocket(path: directory.path + "/admin.sock", uri: "/metrics")))
            #expect(answer.status == 200)
            #expect(answer.text.contains(#"portes_redemptions_total{outcome="spent"} 1"#))
            #expect(!answer.text.contains(Hexadecimal.encode(mint.record.id.bytes.bytes)))
        }
    }
}
