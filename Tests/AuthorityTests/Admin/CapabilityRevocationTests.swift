import AuthorityServer
import AuthorityStore
import HTTPTransport
import KeySchedule
import KeyTransparency
import PrivacyPass
import Revocation
import Testing

/// What the authority does with a capability that is revoked from a day on, and with a verifier whose trust is.
struct CapabilityRevocationTests {
    private let day: Int64 = 86_400

    @Test func fromItsDayOnNothingIsIssuedOfACapability() async throws {
        try await RunningAuthority.serving { running in
            // 2027-01-15 08:00:00 UTC
            let key = try await running.makeKey(epoch: 10 * day)
            _ = try await running.makeKey("play", epoch: 10 * day)
            let voucher = try await running.makeVoucher()
            let from = running.time.now().wall.startOfDay.adding(seconds: 2 * day)
            let repeated = try batch(key, blindedElements(1))
            #expect(try await running.post(repeated, contentType: batchType, voucher: voucher).status == 200)
            _ = await running.authority.handle(.revokeCapability(name: "session", from: from, reason: "withdrawn"))
            #expect(try await status(key, voucher, running) == 200)
            #expect(try await listed(running) == ["play", "session"])

            running.time.advance(from.seconds(since: running.time.now().wall) - 1)
            #expect(try await status(key, voucher, running) == 200)
            running.time.advance(1)
            // Neither a new request nor one that was answered before; and nothing announces the key any more.
            for request in [try batch(key, blindedElements(1)), repeated] {
                let refused = try await running.post(request, contentType: batchType, voucher: voucher)
                #expect(problem(refused) == "403 capability-revoked")
            }
            #expect(try await running.remaining() == 97)
            #expect(try await listed(running) == ["play"])
            // Clients know it from the log, by which no key could follow.
            let history = running.authority.database.keyHistory
            #expect(history.revokedCapabilities == [key.capability: from])
        }
    }

    @Test func noKeyIsMadeThatWouldBeginOnTheDayOrLater() async throws {
        try await RunningAuthority.serving { running in
            let from = running.time.now().wall.startOfDay.adding(seconds: day)
            func create(at start: UnixTime) async -> AdminReply {
                await running.authority.handle(
                    .createKey(KeyParameters(capability: "session", notBefore: start, epoch: 10, acceptance: 10)))
            }
            guard case .key(let first) = await create(at: from.adding(seconds: -20)) else { throw CancellationError() }
            _ = await running.authority.handle(.retireKey(id: first.id))
            _ = await running.authority.handle(.revokeCapability(name: "session", from: from, reason: "withdrawn"))
            guard case .refused(let message, _) = await create(at: from) else { throw CancellationError() }
            #expect(message == "session is revoked from 2027-01-16 on, and nothing can be issued of it then")
            let before = await create(at: from.adding(seconds: -10))
            guard case .key = before else { throw UnexpectedReply(reply: before) }
        }
    }

    @Test func aCapabilityIsRevokedAgainOnlyForAnEarlierDay() async throws {
        try await RunningAuthority.serving { running in
            let today = running.time.now().wall.startOfDay
            func revoke(_ days: Int64) async -> AdminReply {
                await running.authority.handle(
                    .revokeCapability(name: "play", from: today.adding(seconds: days * day), reason: "withdrawn"))
            }
            guard case .refused(let unknown, let hint) = await revoke(5) else { throw CancellationError() }
            #expect(unknown == "this authority never had a key of play" && hint == "see portes key list")
            for name in ["play", "play-2"] { _ = try await running.makeKey(name) }
            guard case .revocation(let first) = await revoke(5), case .revocation(let later) = await revoke(7),
                case .revocation(let earlier) = await revoke(3), case .revocation(let again) = await revoke(4)
            else { throw CancellationError() }
            #expect(first.sequence == 1 && later == first && earlier.sequence == 2 && again == earlier)
            guard case .refused(let message, _) = await revoke(-1) else { throw CancellationError() }
            #expect(message.hasPrefix("--from is in the past"))
            // A name that another begins with is another capability.
            let other = await running.authority.handle(
                .revokeCapability(name: "play-2", from: today.adding(seconds: 9 * day), reason: "withdrawn"))
            guard case .revocation(let entry) = other else { throw CancellationError() }
            #expect(entry.sequence == 3)
            // Each day that counts is an entry of the log, and no other.
            let history = running.authority.database.keyHistory
            #expect(history.size == 7 && history.revokedCapabilities.count == 2)
            #expect(history.revokedCapabilities[try #require(Capability("play"))] == today.adding(seconds: 3 * day))
        }
    }

    @Test func aVerifierWhoseTrustIsRevokedGetsNothingAndIsNotTrustedAgain() async throws {
        try await RunningAuthority.serving { running in
            _ = try await running.makeKey()
            let identity = SealedIdentity()
            let add = AdminRequest.addVerifier(
                name: "north", publicKey: identity.publicKey, capabilities: ["session"])
            guard case .verifier = await running.authority.handle(add) else { throw CancellationError() }
            let path = "/verifiers/\(identity.id.text)/keys"
            #expect(try await running.get(path).status == 200)
            guard
                case .revocation(let entry) = await running.authority.handle(
                    .revokeVerifier(name: "north", reason: "unspecified"))
            else { throw CancellationError() }
            #expect(entry.kind == "verifier" && entry.verifier == identity.id.text)
            #expect(try await problem(running.get(path)) == "403 verifier-revoked")
            #expect(try await running.revocations().isRevoked(identity.id))
            #expect(await running.authority.handle(.listVerifiers) == .verifiers([]))
            guard case .refused(let message, _) = await running.authority.handle(add) else { throw CancellationError() }
            #expect(message == "the trust in this identity is revoked, for good")
            // One that was only removed can be revoked by its id; a name that nobody has cannot.
            guard case .refused = await running.authority.handle(.revokeVerifier(name: "south", reason: "unspecified"))
            else { throw CancellationError() }
        }
    }

    @Test func aVerifierThatIsOnlyRemovedStaysOffTheList() async throws {
        try await RunningAuthority.serving { running in
            let identity = SealedIdentity()
            _ = await running.authority.handle(
                .addVerifier(name: "north", publicKey: identity.publicKey, capabilities: ["session"]))
            _ = await running.authority.handle(.removeVerifier(name: "north"))
            let list = try await running.revocations()
            #expect(list.size == 0)
            #expect(try await problem(running.get("/verifiers/\(identity.id.text)/keys")) == "404 not-found")
        }
    }

    private func status(_ key: KeyRecord, _ voucher: String, _ running: RunningAuthority) async throws -> Int {
        try await running.post(batch(key, blindedElements(1)), contentType: batchType, voucher: voucher).status
    }

    private func listed(_ running: RunningAuthority) async throws -> [String?] {
        let directory = try await running.get(IssuerDirectory.path)
        return try IssuerDirectory(decoding: directory.body).tokenKeys.map(\.capability?.name)
    }
}
