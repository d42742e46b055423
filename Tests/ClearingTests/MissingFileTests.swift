import ClearingStore
import Foundation
import HTTPTransport
import TestSupport
import Testing

/// What is gone from the data directory of a server that was in use is never made anew.
@Suite struct MissingFileTests {
    @Test(arguments: [
        (["clearing.sqlite", "clearing.sqlite-wal", "clearing.sqlite-shm"], ClearingStoreError.ledgerLost),
        (["identity.key"], .missingFile(name: "identity.key")), (["receipts.key"], .missingFile(name: "receipts.key")),
    ])
    func aServerThatWasInUseDoesNotStartWithoutAFile(names: [String], expected: ClearingStoreError) async throws {
        let directory = try TemporaryDirectory()
        let authority = TestAuthority()
        try await ClearingHarness.run(in: directory, authority: authority) { clearing in
            let token = try await clearing.deliveredMint().token(for: clearing.challenge)
            #expect(try await clearing.present(token).status == 200)
        }
        for name in names { try? FileManager.default.removeItem(atPath: directory.path + "/" + name) }
        let before = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
        await #expect(throws: expected) { try await ClearingHarness.run(in: directory, authority: authority) { _ in } }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() == before)
    }

    @Test(arguments: ["clearing.sqlite", "receipts.key"])
    func aFirstStartThatWasCutOffGoesOn(missing: String) async throws {
        let directory = try TemporaryDirectory()
        let authority = TestAuthority()
        try await ClearingHarness.run(in: directory, authority: authority) { _ in }
        // Made in turn: identity, database, receipts. What a cut-off start leaves ends before one of them.
        for name in ["receipts.key"] + (missing == "receipts.key" ? [] : ["clearing.sqlite"]) {
            try FileManager.default.removeItem(atPath: directory.path + "/" + name)
        }
        try await ClearingHarness.run(in: directory, authority: authority) { clearing in
            let token = try await clearing.deliveredMint().token(for: clearing.challenge)
            #expect(try await clearing.present(token).status == 200)
        }
    }
}
