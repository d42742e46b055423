import AuthorityServer
import Foundation
import HTTPTransport
import KeyFiles
import KeySchedule
import LibSodium
import PrivacyPass
import SQLiteSupport
import Testing

struct AdminTests {
    let directories: AuthorityDirectories
    let time = TestTime()
    let authority: Authority

    init() throws {
        directories = try AuthorityDirectories()
        authority = try directories.authority(time: time)
    }

    @Test func aReplyDoesNotShowVoucherCodes() {
        let reply = AdminReply.voucherCodes([VoucherWithCode(code: "vch_secret", id: "00")], withoutKey: [])
        var text = "\(reply)\([reply])"
        dump(reply, to: &text)
        #expect(!text.contains("secret"))
    }

    @Test func aKeyIssuesForItsEpochAndIsAcceptedForAWhileLonger() async throws {
        let key = try await create("session", epoch: 100, acceptance: 50)
        let now = time.now().wall
        #expect(key.record.notBefore == now)
        #expect(key.record.issueUntil == now.adding(seconds: 100))
        #expect(key.record.acceptUntil == now.adding(seconds: 150))
        #expect(key.state == .issuing && key.issued == 0)
        #expect(await authority.handle(.listKeys) == .keys([key]))
    }

    @Test func publishedDatesDoNotMoveSoRotationIsForDevelopmentAlone() async throws {
        let first = try await create("session", epoch: 100, acceptance: 50)
        #expect(
            await refusal(.createKey(KeyParameters(capability: "session", epoch: 9, acceptance: 9)))
                .hasPrefix("the keys of session rotate by themselves"))
        #expect(
            await refusal(.rotateKey(capability: "session"))
                == "the dates of session's keys are published, and do not move earlier")
        // Beside promises there is no development: clients elsewhere would refuse the whole log.
        let development = KeyParameters(capability: "play", epoch: 100, acceptance: 50, isDevelopment: true)
        #expect(await refusal(.createKey(development)).hasPrefix("the key log promises dates"))
        #expect(await authority.handle(.listKeys) == .keys([first]))
    }

    @Test func keysForDevelopmentRotateAtAnyTime() async throws {
        let development = KeyParameters(capability: "play", epoch: 100, acceptance: 50, isDevelopment: true)
        _ = await authority.handle(.createKey(development))
        #expect(
            await refusal(.createKey(KeyParameters(
                capability: "play", notBefore: time.now().wall.adding(seconds: 1), epoch: 1, acceptance: 1,
                isDevelopment: true))).contains("issues in the same time"))
        time.advance(10)
        guard case .key(let second) = await authority.handle(.rotateKey(capability: "play")) else {
            throw CancellationError()
        }
        #expect(second.record.issueUntil.seconds - second.record.notBefore.seconds == 100)
        #expect(second.record.acceptUntil.seconds - second.record.issueUntil.seconds == 50)
        guard case .keys(let keys) = await authority.handle(.listKeys) else { throw CancellationError() }
        #expect(keys.map(\.state) == [.accepting, .issuing])
    }

    @Test func aRetiredKeyRunsToItsDatesAndTheNextBeginsThen() async throws {
        let first = try await create("session", epoch: 100, acceptance: 50)
        guard case .key(let retired) = await authority.handle(.retireKey(id: String(first.id.prefix(8)))) else {
            throw CancellationError()
        }
        #expect(retired.isRetired && retired.state == .issuing && retired.record == first.record)
        let next = try await create("session", epoch: 100, acceptance: 50)
        #expect(next.record.notBefore == first.record.issueUntil && next.state == .announced)
    }

    @Test func aRevokedKeyIsReplacedAtOnce() async throws {
        #expect(await refusal(.rotateKey(capability: "session")) == "no key of session issues now")
        let key = try await create("session", epoch: 100, acceptance: 50)
        time.advance(10)
        let request = AdminRequest.revokeKey(id: key.id, reason: "key-compromised")
        guard case .keyRevocation(let done) = await authority.handle(request) else { throw CancellationError() }
        let entry = try #require(done.entry)
        #expect(entry.sequence == 1 && entry.kind == "key" && entry.keyID == key.id && entry.nullifier == nil)
        guard case .keys(let keys) = await authority.handle(.listKeys) else { throw CancellationError() }
        #expect(keys.map(\.state) == [.revoked, .issuing])
        #expect(done.replacement?.id == keys[1].id && done.replacement?.isNew == true)
        #expect(keys[1].record.notBefore == time.now().wall)
        // A second time nothing changes.
        guard case .keyRevocation(let again) = await authority.handle(request) else { throw CancellationError() }
        #expect(again.entry == entry && again.replacement == nil && again.tokens == 0)
        #expect(await authority.handle(.listKeys) == .keys(keys))
    }

    @Test func manyKeysHaveDifferentLastBytes() async throws {
        let count = 200
        for number in 0..<count { _ = try await create("c\(number)", epoch: 100, acceptance: 50) }
        guard case .keys(let keys) = await authority.handle(.listKeys) else { throw CancellationError() }
        #expect(Set(keys.map(\.record.id.truncated)).count == count)
    }

    @Test func whatMakesNoSenseIsRefused() async throws {
        let key = try await create("session", epoch: 100, acceptance: 50)
        let nullifier = String(repeating: "0", count: 32)
        let refused: [AdminRequest] = [
            .createKey(KeyParameters(capability: "Session", epoch: 1, acceptance: 1)),
            .createKey(KeyParameters(capability: "play", epoch: 0, acceptance: 1)),
            .createKey(KeyParameters(capability: "play", epoch: .max, acceptance: .max)),
            .createKey(KeyParameters(capability: "play", notBefore: UnixTime(seconds: 1), epoch: 1, acceptance: 1)),
            .retireKey(id: "abc"), .retireKey(id: "zzzzzzzz"), .retireKey(id: "00000000"),
            .revokeKey(id: key.id, reason: "boredom"),
            .revokeToken(nullifier: "00", keyID: key.id, reason: "surrendered"),
            .revokeToken(nullifier: nullifier, keyID: String(repeating: "0", count: 64), reason: "surrendered"),
            .exportKeys(verifier: "nobody"), .removeVerifier(name: "nobody"),
            .addVerifier(name: "", publicKey: "", capabilities: ["session"]),
            .addVerifier(name: "north", publicKey: "AAAA", capabilities: ["session"]),
            .addVerifier(name: "north", publicKey: Base64URL.encode(Bytes32.zero.bytes), capabilities: ["session"]),
            .addVerifier(name: "north", publicKey: identity(), capabilities: []),
            .createVouchers(capability: "session", tokens: 0, count: 1),
            .createVouchers(capability: "session", tokens: 1, count: 0),
            .createVouchers(capability: "session", tokens: 1, count: 10_001),
            .revokeVoucher(id: "abc"), .revokeVoucher(id: "0123456789abcdef"),
        ]
        for request in refused {
            let message = await refusal(request)
            #expect(message.first?.isUppercase == false && !message.hasSuffix("."), "\(message)")
        }
        guard case .keys(let keys) = await authority.handle(.listKeys) else { throw CancellationError() }
        #expect(keys == [key])
        #expect(await authority.handle(.listRevocations(after: 0)) == .revocations([]))
        #expect(await authority.handle(.listVouchers) == .vouchers([]))
    }

    @Test func vouchersAreListedWithoutTheirCodesAndRevokedByTheirIDs() async throws {
        guard
            case .voucherCodes(let made, ["session"]) = await authority.handle(
                .createVouchers(capability: "session", tokens: 5, count: 3)),
            case .vouchers(let vouchers) = await authority.handle(.listVouchers)
        else { throw CancellationError() }
        let codes = made.map(\.code)
        #expect(Set(codes).count == 3 && Set(vouchers.map(\.id)) == Set(made.map(\.id)))
        #expect(vouchers.allSatisfy { $0.tokens == 5 && $0.remaining == 5 && !$0.isRevoked })
        let shortID = String(vouchers[1].id.prefix(8))
        guard case .voucher(let revoked) = await authority.handle(.revokeVoucher(id: shortID)) else {
            throw CancellationError()
        }
        #expect(revoked.isRevoked && revoked.id == vouchers[1].id)
        let journal = try Data(contentsOf: URL(fileURLWithPath: directories.data + "/authority.sqlite-wal"))
        #expect(journal.range(of: Data(codes[0].dropFirst(4).utf8)) == nil)
    }

    @Test func aVerifierIsTrustedOnce() async throws {
        let publicKey = identity()
        let add = AdminRequest.addVerifier(name: "north", publicKey: publicKey, capabilities: ["play", "session"])
        _ = try await create("session", epoch: 100, acceptance: 50)
        guard case .verifier(let verifier, withoutKey: ["play"], withoutSecret: []) = await authority.handle(add) else {
            throw CancellationError()
        }
        #expect(await authority.handle(.listVerifiers) == .verifiers([verifier]))
        #expect(await refusal(add) == "this name or this identity key is trusted already")
        #expect(await authority.handle(.removeVerifier(name: "north")) == .verifier(verifier))
        #expect(await authority.handle(.listVerifiers) == .verifiers([]))
    }

    @Test func requestsAndRepliesSurviveTheirTravel() throws {
        let request = AdminRequest.createKey(KeyParameters(capability: "session", epoch: 1, acceptance: 2))
        #expect(try JSONDecoder().decode(AdminRequest.self, from: JSONEncoder().encode(request)) == request)
        let reply = AdminReply.refused(message: "no", hint: nil)
        #expect(try JSONDecoder().decode(AdminReply.self, from: JSONEncoder().encode(reply)) == reply)
    }

    private func create(_ capability: String, epoch: Int64, acceptance: Int64) async throws -> KeySummary {
        let reply = await authority.handle(
            .createKey(KeyParameters(capability: capability, epoch: epoch, acceptance: acceptance)))
        guard case .key(let key) = reply else { throw UnexpectedReply(reply: reply) }
        return key
    }

    private func refusal(_ request: AdminRequest) async -> String {
        guard case .refused(let message, _) = await authority.handle(request) else { return "NOT REFUSED: \(request)" }
        return message
    }

    private func identity() -> String {
        Base64URL.encode(SealedBox.PrivateKey().publicKey.encoded.bytes, padded: false)
    }
}
