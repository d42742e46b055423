import AuthorityServer
import Issuance
import KeySchedule
import Testing

struct RotationTests {
    let directories: AuthorityDirectories
    let time = TestTime()
    let authority: Authority

    init() throws {
        directories = try AuthorityDirectories()
        authority = try directories.authority(time: time)
    }

    @Test func rotationBeginsTheAnnouncedKeyNow() async throws {
        let first = try await create(epoch: 100, acceptance: 50)
        let next = try await create(after: 100, epoch: 200, acceptance: 70)
        let last = try await create(after: 300, epoch: 100, acceptance: 50)
        #expect(next.state == .announced)
        time.advance(10)
        let now = time.now().wall
        let rotated = try await key(.rotateKey(capability: "session"))
        #expect(rotated.id == next.id && rotated.state == .issuing)
        #expect(rotated.record.notBefore == now)
        #expect(rotated.record.issueUntil == now.adding(seconds: 200))
        #expect(rotated.record.acceptUntil == now.adding(seconds: 270))
        let keys = try await list()
        #expect(keys.map(\.id) == [first.id, next.id, last.id])
        #expect(keys[0].state == .accepting && keys[0].record.issueUntil == now)
        #expect(keys[0].record.acceptUntil == first.record.acceptUntil && keys[2].record == last.record)
        #expect(authority.issuer.records.contains(rotated.record))
    }

    @Test func anAnnouncedKeyBeginsEvenWhereNoneIssues() async throws {
        let only = try await create(after: 100, epoch: 100, acceptance: 50)
        #expect(try await key(.rotateKey(capability: "session")).id == only.id)
        #expect(try await list().map(\.state) == [.issuing])
    }

    @Test func aRetiredKeyIsNotRotatedUntilAnAdminMakesItsSuccessor() async throws {
        let first = try await create(epoch: 100, acceptance: 50)
        _ = try await key(.retireKey(id: first.id))
        guard case .refused(let message, let hint) = await authority.handle(.rotateKey(capability: "session")) else {
            throw CancellationError()
        }
        #expect(message.hasSuffix("of session is retired: retire makes no successor"))
        #expect(hint?.contains("portes key create") == true)
        #expect(try await list().map(\.record) == [first.record])
        let next = try await key(.createKey(
            KeyParameters(capability: "session", epoch: 100, acceptance: 50, isDevelopment: true)))
        #expect(next.state == .announced)
        #expect(try await key(.rotateKey(capability: "session")).id == next.id)
    }

    @Test func aSecondThatPassesMeanwhileKeepsNoKeyFromBeingMade() async throws {
        _ = try await create(epoch: 1_000, acceptance: 50)
        time.pass(1)
        _ = try await key(.rotateKey(capability: "session"))
        let next = try await key(
            .createKey(KeyParameters(capability: "session", epoch: 1_000, acceptance: 50, isDevelopment: true)))
        #expect(try await key(.rotateKey(capability: "session")).id == next.id)
        // A scheduled one, and what takes the place of a revoked key, announced before or not.
        let kept = KeyParameters(capability: "kept", epoch: 86_400, acceptance: 86_400, announcement: 3_600)
        var issuing = try await key(.createKey(kept))
        for isNew in [true, false] {
            let reply = await authority.handle(.revokeKey(id: issuing.id, reason: "withdrawn"))
            guard case .keyRevocation(let summary) = reply else { throw UnexpectedReply(reply: reply) }
            #expect(summary.replacement?.isNew == isNew)
            let replacement = try #require(try await list().first { $0.id == summary.replacement?.id })
            #expect(replacement.state == .issuing)
            time.advance(replacement.record.issueUntil.seconds(since: time.now().wall) - 3_700)
            #expect(try authority.makeDueKeys().contains { $0.notBefore == replacement.record.issueUntil })
            issuing = replacement
        }
    }

    private func create(after delay: Int64 = 0, epoch: Int64, acceptance: Int64) async throws -> KeySummary {
        try await key(
            .createKey(
                KeyParameters(
                    capability: "session", notBefore: time.now().wall.adding(seconds: delay), epoch: epoch,
                    acceptance: acceptance, isDevelopment: true)))
    }

    private func key(_ request: AdminRequest) async throws -> KeySummary {
        let reply = await authority.handle(request)
        guard case .key(let key) = reply else { throw UnexpectedReply(reply: reply) }
        return key
    }

    private func list() async throws -> [KeySummary] {
        guard case .keys(let keys) = await authority.handle(.listKeys) else { throw CancellationError() }
        return keys
    }
}
