import ClearingStore
import Foundation
import GRDB
import JOSE
import KeySchedule
import LibSodium
import PortesVerifier
import PrivacyPass
import Revocation
import TestSupport
import Testing

@Suite struct RevocationReplicaTests {
    private let fixture: StoreFixture
    private let mint: TestMint

    init() async throws {
        fixture = try StoreFixture()
        mint = try await fixture.deliveredMint()
    }

    private var list: RevocationList { fixture.database.state.verifier.revocations }

    private func take(_ page: RevocationPage) async throws {
        _ = try await fixture.database.take(
            revocations: page.entries, signedHead: page.signedHead, fetchedAt: fixture.time.now())
    }

    private func randomToken() throws -> RevocationEntry.Subject {
        .token(try #require(Nullifier(Randomness.bytes(16))), mint.record.id)
    }

    @Test func revokedKeysAndTokensAreRefusedAlsoAfterARestart() async throws {
        let token = try mint.token(for: fixture.challenge)
        fixture.authority.revoke(.token(Nullifier(of: token.input), mint.record.id))
        #expect(try await fixture.fetchRevocations() == .current)
        #expect(throws: VerificationFailure.tokenRevoked) { try fixture.verified(token) }
        try fixture.close()
        try fixture.reopen()
        // An entry's presence decides, although no head was fetched yet.
        #expect(throws: VerificationFailure.tokenRevoked) { try fixture.verified(token) }
        fixture.authority.revoke(.key(mint.record.id))
        try await fixture.fetchRevocations()
        #expect(throws: VerificationFailure.keyRevoked) { try fixture.verified(mint.token(for: fixture.challenge)) }
        #expect(list.size == 2)
    }

    @Test func aCapabilityAndThisServersTrustCountAlsoAfterARestart() async throws {
        let (verified, token) = (try mint.token(for: fixture.challenge), try mint.token(for: fixture.challenge))
        let day: Int64 = 86_400
        fixture.authority.revoke(.verifier(VerifierID(Randomness.bytes32())))
        fixture.authority.revoke(
            .capability(mint.record.capability), from: fixture.time.now().wall.startOfDay.adding(seconds: day))
        try await fixture.fetchRevocations()
        #expect(throws: Never.self) { try fixture.verified(verified) }
        fixture.time.advance(seconds: day - fixture.time.now().wall.seconds % day)
        try await fixture.fetchRevocations()
        for isReopened in [false, true] {
            if isReopened {
                try fixture.close()
                try fixture.reopen()
            }
            // By then the key has ended too; its entry in the list counts whatever the key says.
            let list = list
            #expect(list.isRevoked(mint.record, at: fixture.time.now().wall))
        }
        fixture.authority.revoke(.verifier(fixture.identity.id))
        try await fixture.fetchRevocations()
        #expect(throws: VerificationFailure.verifierRevoked) { try fixture.verified(token) }
        try fixture.close()
        try fixture.reopen()
        #expect(throws: VerificationFailure.verifierRevoked) { try fixture.verified(token) }
    }

    @Test func entriesOfManyFetchesAreKeptInFewRowsAndReadBack() async throws {
        let token = try mint.token(for: fixture.challenge)
        for _ in 0..<300 {
            fixture.authority.revoke(try randomToken())
            try await fixture.fetchRevocations()
        }
        fixture.authority.revoke(.token(Nullifier(of: token.input), mint.record.id))
        for _ in 0..<20_500 { fixture.authority.revoke(try randomToken()) }
        try await fixture.fetchRevocations()
        let (size, root) = (list.size, list.root)
        try fixture.close()
        let queue = try DatabaseQueue(path: fixture.temporary.path + "/clearing.sqlite")
        let rows = try await queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM revocation_delta") }
        try queue.close()
        #expect(rows == 4)
        try fixture.reopen()
        #expect(list.size == size && list.root == root && size == 20_801)
        #expect(throws: VerificationFailure.tokenRevoked) { try fixture.verified(token) }
    }

    @Test func aShorterListIsRefusedAlsoAfterARestart() async throws {
        fixture.authority.revoke(try randomToken())
        try await fixture.fetchRevocations()
        fixture.authority.forgetRevocations()
        let shorter = try fixture.authority.page(after: 0, at: fixture.time.now().wall)
        await #expect(throws: ReplicationError.revocation(.rollback)) { try await take(shorter) }
        try fixture.close()
        try fixture.reopen()
        await #expect(throws: ReplicationError.revocation(.rollback)) { try await take(shorter) }
        #expect(list.size == 1)
    }

    @Test func anOlderHeadIsRefusedAlsoAfterARestart() async throws {
        try await fixture.fetchRevocations()
        let older = try fixture.authority.page(after: 0, at: fixture.time.now().wall.adding(seconds: -1))
        await #expect(throws: ReplicationError.revocation(.rollback)) { try await take(older) }
        try fixture.close()
        try fixture.reopen()
        await #expect(throws: ReplicationError.revocation(.rollback)) { try await take(older) }
    }

    @Test func aHeadFromACalendarThatWasAheadKeepsNoLaterOneOut() async throws {
        let ahead = try fixture.authority.page(after: 0, at: fixture.time.now().wall.adding(seconds: 86_400))
        try await take(ahead)
        fixture.time.advance(seconds: 20)
        #expect(try await fixture.fetchRevocations() == .current)
        try await take(ahead)
        try fixture.close()
        try fixture.reopen()
        #expect(try await fixture.fetchRevocations() == .current)
    }

    @Test func anotherHistoryIsRefused() async throws {
        fixture.authority.revoke(try randomToken())
        try await fixture.fetchRevocations()
        fixture.authority.forgetRevocations()
        fixture.authority.revoke(try randomToken())
        let fork = try fixture.authority.page(after: 1, at: fixture.time.now().wall)
        await #expect(throws: ReplicationError.revocation(.fork)) { try await take(fork) }
    }

    @Test func missingAndReorderedEntriesAreRefused() async throws {
        for _ in 0..<3 { fixture.authority.revoke(try randomToken()) }
        let whole = try fixture.authority.page(after: 0, at: fixture.time.now().wall)
        let bad = [
            Array(whole.entries.dropFirst()), Array(whole.entries.dropLast()), whole.entries.reversed(),
            [whole.entries[0], whole.entries[2]],
        ]
        for entries in bad {
            let page = RevocationPage(entries: entries, signedHead: whole.signedHead)
            await #expect(throws: ReplicationError.revocation(.gap)) { try await take(page) }
        }
        try await take(whole)
        #expect(list.size == 3)
    }

    @Test func aHeadSignedByAnotherKeyOrOfAnotherIssuerIsRefused() async throws {
        let stranger = try TestAuthority().page(after: 0, at: fixture.time.now().wall)
        await #expect(throws: ReplicationError.signature(.unknownKey)) { try await take(stranger) }
        fixture.authority.rename("other.example")
        let renamed = try fixture.authority.page(after: 0, at: fixture.time.now().wall)
        await #expect(throws: ReplicationError.revocation(.wrongIssuer)) { try await take(renamed) }
    }

    @Test func theListIsStaleUntilAHeadIsFetchedAndAgainAfterAnHour() async throws {
        let token = try mint.token(for: fixture.challenge)
        #expect(throws: VerificationFailure.revocationListStale) { try fixture.verified(token) }
        try await fixture.fetchRevocations()
        fixture.time.advance(seconds: 3_600)
        #expect(throws: Never.self) { try fixture.verified(token) }
        fixture.time.advance(seconds: 1)
        #expect(throws: VerificationFailure.revocationListStale) { try fixture.verified(token) }
    }

    @Test func anUnchangedHeadCountsOnlyWhileItIsRecent() async throws {
        try await fixture.fetchRevocations()
        fixture.time.advance(seconds: 60)
        #expect(fixture.database.noteUnchangedHead(fetchedAt: fixture.time.now()) == .current)
        fixture.time.advance(seconds: 1)
        #expect(fixture.database.noteUnchangedHead(fetchedAt: fixture.time.now()) == .clocksDiffer)
    }

    @Test func entriesCountAlthoughTheClocksDiffer() async throws {
        let token = try mint.token(for: fixture.challenge)
        try await fixture.fetchRevocations()
        fixture.authority.revoke(.token(Nullifier(of: token.input), mint.record.id))
        let page = try fixture.authority.page(after: 0, at: fixture.time.now().wall.adding(seconds: 120))
        let outcome = try await fixture.database.take(
            revocations: page.entries, signedHead: page.signedHead, fetchedAt: fixture.time.now())
        #expect(outcome == .clocksDiffer)
        #expect(throws: VerificationFailure.tokenRevoked) { try fixture.verified(token) }
    }

    @Test(arguments: ["DELETE FROM revocation_delta", "UPDATE revocation_head SET root = zeroblob(32)"])
    func aListThatWasTamperedWithDoesNotOpen(change: String) async throws {
        fixture.authority.revoke(try randomToken())
        try await fixture.fetchRevocations()
        try fixture.close()
        let queue = try DatabaseQueue(path: fixture.temporary.path + "/clearing.sqlite")
        try await queue.write { try $0.execute(sql: change) }
        try queue.close()
        #expect(throws: ClearingStoreError.damaged("the revocation list")) { try fixture.reopen() }
    }
}
