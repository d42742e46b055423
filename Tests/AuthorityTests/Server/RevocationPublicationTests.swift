import AuthorityKeys
@testable import AuthorityServer
import AuthorityStore
import Foundation
import HTTPTransport
import JOSE
import KeySchedule
import KeyTransparency
import LibSodium
import Logging
import PrivacyPass
import Revocation
import ServerSupport
import TestSupport
import Testing

/// How the revocation list and its heads are published.
struct RevocationPublicationTests {
    @Test func aRevocationOfEachKindIsPublishedAtOnceUnderASignedHead() async throws {
        try await RunningAuthority.serving { running in
            let key = try await running.makeKey()
            _ = try await running.makeKey("play")
            #expect(try await running.revocations().size == 0)
            _ = await running.authority.handle(.revokeKey(id: key.id.hexadecimal, reason: "withdrawn"))
            let nullifier = Nullifier.random()
            _ = await running.authority.handle(
                .revokeToken(
                    nullifier: Hexadecimal.encode(nullifier.bytes), keyID: key.id.hexadecimal, reason: "surrendered"))
            _ = await running.authority.handle(
                .revokeCapability(name: "play", from: running.time.now().wall, reason: "withdrawn"))
            let verifier = VerifierID(Randomness.bytes32())
            _ = await running.authority.handle(.revokeVerifier(name: verifier.text, reason: "unspecified"))
            let list = try await running.revocations()
            #expect(list.size == 4 && list.isRevoked(key.id) && list.isRevoked(nullifier, keyID: key.id))
            #expect(list.isRevoked(.play, at: running.time.now().wall) && list.isRevoked(verifier))
            let directory = try await running.get(IssuerDirectory.path)
            let listed = try IssuerDirectory(decoding: directory.body).tokenKeys.map(\.tokenKey)
            #expect(!listed.contains(key.publicKey))
        }
    }

    @Test func vouchersNeverChangeWhatIsPublished() async throws {
        try await RunningAuthority.serving { running in
            _ = try await running.makeKey()
            _ = try await running.makeVoucher()
            let before = try await running.get("/revocations?after=0")
            guard case .vouchers(let vouchers) = await running.authority.handle(.listVouchers) else {
                throw CancellationError()
            }
            for voucher in vouchers { _ = await running.authority.handle(.revokeVoucher(id: voucher.id)) }
            guard case .vouchers(let revoked) = await running.authority.handle(.listVouchers) else {
                throw CancellationError()
            }
            #expect(!revoked.isEmpty && revoked.allSatisfy(\.isRevoked))
            let after = try await running.get("/revocations?after=0")
            #expect(after.body == before.body && after.header("etag") == before.header("etag"))
            #expect(try await running.revocations().size == 0)
        }
    }

    @Test func aHeadIsTheSameForEverybodyAndSignedAgainBeforeItIsAMinuteOld() async throws {
        try await RunningAuthority.serving { running in
            let first = try await running.get("/revocations/head")
            let tag = first.header("etag")
            running.time.advance(40)
            #expect(try await running.get("/revocations/head", ifNoneMatch: tag).status == 304)
            running.time.advance(1)
            let next = try await running.get("/revocations/head", ifNoneMatch: tag)
            let head = try RevocationHead(verifying: next.text, key: running.revocationKey())
            #expect(head.time == running.time.now().wall)
        }
    }

    @Test func headsAreSignedThoughNobodyAsksAndAtOnceWhenTheListChanges() async throws {
        #expect(HeadSigner.standardInterval <= .seconds(30))
        let fixture = try PublisherFixture(interval: .milliseconds(5))
        let signing = Task { await fixture.heads.run(growth: fixture.authority.growth, logger: fixture.logger) }
        try await fixture.untilHeads { $0.count >= 3 }
        signing.cancel()
        await signing.value

        // With half an hour between heads, only the change can be why there is one with the entry in it.
        let slow = try PublisherFixture(interval: .seconds(1_800))
        let waiting = Task { await slow.heads.run(growth: slow.authority.growth, logger: slow.logger) }
        try await slow.untilHeads { $0.map(\.size) == [0] }
        _ = await slow.authority.handle(
            .createKey(KeyParameters(capability: "play", epoch: 100, acceptance: 50)))
        _ = await slow.authority.handle(
            .revokeCapability(name: "play", from: slow.time.now().wall, reason: "withdrawn"))
        try await slow.untilHeads { $0.map(\.size) == [0, 1] }
        waiting.cancel()
        await waiting.value
    }

    @Test func everyHeadThatIsGivenOutIsALeafOfTheLogOfHeads() async throws {
        try await RunningAuthority.serving { running in
            var payloads: Set<[UInt8]> = []
            for round in 0..<4 {
                let text = try await running.get("/revocations/head").text
                payloads.insert(try RevocationHead(verifying: text, key: running.revocationKey()).encoded)
                if round < 3 { _ = try running.authority.database.revoke(.key(.random()), reason: .withdrawn) }
            }
            // That of an export is given out too.
            _ = try await running.makeKey()
            _ = try await running.get("/log/checkpoint")
            _ = try running.authority.database.revoke(.key(.random()), reason: .withdrawn)
            let answer = await running.authority.handle(.exportLog)
            guard case .logExport(let export) = answer else { throw UnexpectedReply(reply: answer) }
            let exported = try #require(export.files.first { $0.path == PublishedState.headName }).bytes
            let signed = String(decoding: exported, as: UTF8.self)
            payloads.insert(try RevocationHead(verifying: signed, key: running.revocationKey()).encoded)
            let vkey = try await running.get("/revocations/log/key").text
            let key = try #require(NoteVerificationKey(verifierKey: vkey.trimmingCharacters(in: .newlines)))
            #expect(key.name.text == "issuer.example/revocations")
            #expect(try running.authority.database.settings().revocationLogKey == key.publicKey)
            let note = try await running.get("/revocations/log/checkpoint").body
            let checkpoint = try Checkpoint(verifying: SignedNote(decoding: note), key: key)
            let width = Int(checkpoint.head.size)
            let bundle = try await running.get("/revocations/log/tile/entries/000.p/\(width)")
            #expect(bundle.header("cache-control") == "public, max-age=31536000, immutable")
            let leaves = try EntryBundle.decode(bundle.body, width: width)
            #expect(payloads.count == 5 && payloads.isSubset(of: Set(leaves)))
            var tree = TreeFrontier()
            for leaf in leaves { tree.append(MerkleHash.leaf(leaf)) { _, _, _ in } }
            #expect(tree.head == checkpoint.head)
            for path in ["tile/entries/000.p/\(width + 1)", "tile/0/001", "tile/x", "tile/entries/000/.p/1"] {
                #expect(try await running.get("/revocations/log/\(path)").status == 404, "\(path)")
            }
        }
    }

    @Test func manyWhoAskForAHeadAtOnceGetTheSameOne() async throws {
        let fixture = try PublisherFixture(interval: .seconds(1_800))
        let heads = fixture.heads
        let digests = try await withThrowingTaskGroup { group in
            for _ in 0..<64 { group.addTask { try await heads.head().digest } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(digests.count == 1)
        #expect(try await fixture.authority.database.head(of: .revocationHeads).size == 1)
    }

    @Test func placesInTheListGetFewDeltas() async throws {
        let fixture = try PublisherFixture(interval: .seconds(1_800))
        let size = UInt64(RevocationDelta.maximumEntryCount) + 300
        try fixture.revokeTokens(Int(size))
        let block = UInt64(RevocationDelta.maximumEntryCount)
        // Whatever place in a whole block is asked for, it is that block, which never changes.
        for place in [0, 1, 4_711, block - 1] {
            let answer = try await fixture.publisher.delta(after: place)
            let delta = try RevocationDelta(decoding: answer.publication.bytes)
            #expect(answer.isBlock && delta.after == 0 && delta.end == block)
        }
        for place in stride(from: block, to: size - RevocationPublisher.mostExact, by: 7) {
            let answer = try await fixture.publisher.delta(after: place)
            let delta = try RevocationDelta(decoding: answer.publication.bytes)
            #expect(!answer.isBlock && delta.after == block && delta.end == size)
        }
        #expect(fixture.publisher.keptDeltaCount == 1)
        // Those who poll miss little, and get no more than that.
        for missing in [1, 2, RevocationPublisher.mostExact] {
            let answer = try await fixture.publisher.delta(after: size - missing)
            #expect(try RevocationDelta(decoding: answer.publication.bytes).entries.count == Int(missing))
        }
        // Whoever asks for what is not there yet gets nothing, and always the same.
        for place in [size, size + 1, .max] {
            let delta = try RevocationDelta(decoding: try await fixture.publisher.delta(after: place).publication.bytes)
            #expect(delta.after == size && delta.entries.isEmpty)
        }
        #expect(fixture.publisher.keptDeltaCount == 5)
        _ = try fixture.authority.database.revoke(.key(.random()), reason: .withdrawn)
        let next = try RevocationDelta(decoding: try await fixture.publisher.delta(after: size).publication.bytes)
        #expect(next.after == size && next.entries.count == 1 && fixture.publisher.keptDeltaCount == 1)
    }

    @Test func onlyWholeBlocksMayBeKeptForEver() async throws {
        try await RunningAuthority.serving { running in
            let key = TokenKeyID.random()
            let count = RevocationDelta.maximumEntryCount + 1
            try running.authority.database.revoke(
                (0..<count).map { _ in .token(.random(), key) }, reason: .surrendered)
            for (after, kept) in [(0, "public, max-age=31536000, immutable"), (count - 1, "public, max-age=0")] {
                let answer = try await running.get("/revocations?after=\(after)")
                #expect(answer.status == 200 && answer.header("cache-control") == kept)
            }
        }
    }

    @Test func aTailThatBecomesABlockIsPublishedAsOne() async throws {
        let fixture = try PublisherFixture(interval: .seconds(1_800))
        let block = RevocationDelta.maximumEntryCount
        try fixture.revokeTokens(block - 1)
        #expect(try await fixture.publisher.delta(after: 0).isBlock == false)
        try fixture.revokeTokens(1)
        #expect(try await fixture.publisher.delta(after: 0).isBlock)
        let answer = try await fixture.publisher.delta(after: UInt64(block))
        let rest = try RevocationDelta(decoding: answer.publication.bytes)
        #expect(rest.after == UInt64(block) && rest.entries.isEmpty)
    }
}

/// An authority that does not serve, and what publishes its list.
private struct PublisherFixture {
    let directories: AuthorityDirectories
    let time = TestTime()
    let authority: Authority
    let heads: HeadSigner
    let publisher: RevocationPublisher
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    init(interval: Duration) throws {
        directories = try AuthorityDirectories()
        authority = try directories.authority(time: time)
        heads = HeadSigner(
            database: authority.database, signing: try #require(authority.signing), issuer: "issuer.example",
            time: time, interval: interval)
        publisher = RevocationPublisher(database: authority.database, heads: heads, pool: ComputePool())
    }

    /// Waits until the log of heads has what is wanted, at most two minutes.
    func untilHeads(_ condition: ([RevocationHead]) -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(120)
        while try await !condition(loggedHeads()) {
            guard ContinuousClock.now < end else { throw CancellationError() }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    private func loggedHeads() async throws -> [RevocationHead] {
        let size = try await authority.database.head(of: .revocationHeads).size
        let width = min(Int(size), Tile.fullWidth)
        guard let tile = Tile(.entries, index: 0, width: width) else { return [] }
        let bytes = try await authority.database.bytes(of: tile, in: .revocationHeads, size: size)
        return try EntryBundle.decode(#require(bytes), width: width).map { try #require(RevocationHead(payload: $0)) }
    }

    func revokeTokens(_ count: Int) throws {
        let key = TokenKeyID.random()
        try authority.database.revoke((0..<count).map { _ in .token(.random(), key) }, reason: .surrendered)
    }
}
