import ClearingStore
import Foundation
import KeyDelivery
import KeySchedule
import LibSodium
import PortesVerifier
import PrivacyPass
import SQLiteSupport

/// Verifying, spending in SQLite, durably, and signing the receipt: what a clearing server does with a token, without
/// HTTP.
///
/// Processor time: the wait for the disk is not in it.
struct SpendBench {
    let rounds: Int

    func run() async throws -> [BenchResult] {
        let root = URL.temporaryDirectory.appending(path: "portes-bench-\(getpid())")
        defer { try? FileManager.default.removeItem(at: root) }
        let fixture = try BenchFixture()
        let directory = try DataDirectory(path: root.path, side: .clearing)
        let identity = try ClearingIdentity(in: directory)
        let authority = Ed25519.PrivateKey()
        let database = try ClearingDatabase(
            in: directory, identity: identity,
            pins: ClearingPins(
                origin: ServerName("origin.example"), scope: .ownOrigin, authority: AuthorityKey(authority.publicKey)))
        _ = try await database.take(delivery: fixture.delivery(to: identity.publicKey).signed(with: authority))
        database.state.update { _ in fixture.verifier }
        let signer = try ReceiptSigner(in: directory)
        let results = [
            try await measure("spend-1", batch: 1, fixture: fixture, ledger: database.ledger, signer: signer),
            try await measure("spend-100", batch: 100, fixture: fixture, ledger: database.ledger, signer: signer),
        ]
        try database.close()
        return results
    }

    private func measure(
        _ name: String, batch: Int, fixture: BenchFixture, ledger: SQLiteSpendLedger, signer: ReceiptSigner
    ) async throws -> BenchResult {
        var calls = BareCalls(messageCount: AuthenticatorInput.encodedCount)
        let count = 100
        var tokens = try (0..<rounds).map { _ in try fixture.tokens(count: count) }
        let accepted = AcceptedChallenges(fixture.challenge)
        let now = SystemTimeSource().now()
        return try await .measure(name, count: count, rounds: rounds) {
            let fresh = tokens.removeLast()
            for start in stride(from: 0, to: count, by: batch) {
                let spends = try fresh[start..<start + batch].map {
                    Spend(try fixture.verifier.verify($0, for: accepted, at: now), binding: .random())
                }
                for outcome in try await ledger.spend(spends) {
                    guard case .spent(let receipt) = outcome else {
                        throw CommandFailure("a fresh token was not spent")
                    }
                    _ = signer.sign(receipt)
                }
            }
        } floor: {
            for _ in 0..<count { BenchFloor.spend(&calls) }
        }
    }
}
