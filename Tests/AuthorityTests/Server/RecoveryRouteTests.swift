import AuthorityServer
import AuthorityStore
import Foundation
import HTTPTransport
import KeySchedule
import LibSodium
import PrivacyPass
import Recovery
import Testing
import VOPRF

/// What an authority does for those who lose a device.
struct RecoveryRouteTests {
    private let lookup = RecoveryRecord.Lookup(Randomness.bytes32())

    private func record(_ key: KeyRecord, _ sealed: [UInt8] = Randomness.bytes(488)) throws -> [UInt8] {
        try #require(RecoveryRecord(lookup: lookup, keyID: key.id, sealed: sealed)).encoded
    }

    private func keep(
        _ body: [UInt8], _ running: RunningAuthority, voucher: String?, type: String = RecoveryRecord.mediaType
    ) async throws -> HTTPTransportResponse {
        let headers = voucher.map { [(name: "Authorization", value: "Bearer \($0)")] } ?? []
        return try await running.http.post(
            running.url + RecoveryRecord.path, headers: headers, contentType: type, body: body)
    }

    private func records(_ key: KeyRecord, _ running: RunningAuthority) async throws -> [[UInt8]] {
        let answer = try await running.get("\(RecoveryRecord.path)/\(key.id.hexadecimal)/\(lookup.text)")
        #expect(answer.status == 200 && answer.header("cache-control") == "no-store")
        return try RecoveryRecord.decode(answer.body)
    }

    private func recall(
        _ body: [UInt8], _ running: RunningAuthority, type: String = batchType
    ) async throws -> HTTPTransportResponse {
        try await running.http.post(running.url + "/token-request/recovery", headers: [], contentType: type, body: body)
    }

    @Test func aChargedRequestIsAnsweredAgainToAnybodyAndNothingElseIs() async throws {
        try await RunningAuthority.serving { running in
            let (key, voucher) = try await (running.makeKey(epoch: 100), running.makeVoucher(tokens: 3))
            let blinded = try blindedElements(3)
            let request = try batch(key, blinded)
            #expect(try await problem(recall(request, running)) == "404 request-unknown")
            let first = try await running.post(request, contentType: batchType, voucher: voucher)
            let again = try await recall(request, running)
            #expect(again.status == 200 && again.header("content-type") == MediaType.amortizedBatchResponse)
            // Another proof of the same evaluation.
            let decoded = try AmortizedBatchTokenResponse(decoding: again.body).evaluation
            #expect(try key.isValid(decoded, for: blinded))
            #expect(try decoded.elements == AmortizedBatchTokenResponse(decoding: first.body).evaluation.elements)
            #expect(try await running.remaining() == 0)
            // A byte more or less is another request.
            #expect(try await problem(recall(request + [0], running)) == "404 request-unknown")
            #expect(try await problem(recall(batch(key, blindedElements(3)), running)) == "404 request-unknown")
            #expect(try await recall(request, running, type: "text/plain").status == 415)
            // Issuing is over, acceptance is not; then both are.
            running.time.advance(150)
            #expect(try await recall(request, running).status == 200)
            running.time.advance(51)
            #expect(try await problem(recall(request, running)) == "422 key-unknown")
        }
    }

    @Test func recordsAreKeptForWhoeverMayDrawTokensAndGivenToWhoKnowsTheirName() async throws {
        try await RunningAuthority.serving { running in
            let (key, voucher) = try await (running.makeKey(), running.makeVoucher())
            let (one, two) = (Randomness.bytes(488), Randomness.bytes(100))
            #expect(try await keep(record(key, one), running, voucher: voucher).status == 204)
            #expect(try await keep(record(key, two), running, voucher: voucher).status == 204)
            #expect(try await keep(record(key, one), running, voucher: voucher).status == 204)
            #expect(try await Set(records(key, running)) == [one, two])
            #expect(try await problem(keep(record(key), running, voucher: nil)) == "401 voucher-required")
            let unknown = "vch_" + String(repeating: "a", count: 40)
            #expect(try await keep(record(key), running, voucher: unknown).status == 401)
            _ = try await running.makeKey("play")
            let other = try await running.makeVoucher("play")
            #expect(try await problem(keep(record(key), running, voucher: other)) == "403 voucher-unfit")
            #expect(try await keep(record(key), running, voucher: voucher, type: "text/plain").status == 415)
            let short = Array(try record(key).prefix(64))
            #expect(try await keep(short, running, voucher: voucher).status == 422)
            let long = try record(key) + [UInt8](repeating: 1, count: 1_024)
            #expect(try await keep(long, running, voucher: voucher).status == 413)
            for path in ["/recovery-records/x/y", "/recovery-records/\(key.id.hexadecimal)/abc"] {
                #expect(try await running.get(path).status == 404)
            }
        }
    }

    @Test func oneVoucherHasSixteenRecordsKeptAndOneNameSixtyFour() async throws {
        try await RunningAuthority.serving { running in
            let key = try await running.makeKey()
            for _ in 0..<4 {
                let voucher = try await running.makeVoucher()
                for _ in 0..<16 { #expect(try await keep(record(key), running, voucher: voucher).status == 204) }
                let more = try await keep(record(key), running, voucher: voucher)
                #expect(problem(more) == "403 recovery-records-full")
            }
            let fifth = try await keep(record(key), running, voucher: running.makeVoucher())
            #expect(problem(fifth) == "403 recovery-records-full")
            #expect(try await records(key, running).count == 64)
        }
    }

    @Test func withTheKeysEndRecordsAndCountsAreForgotten() async throws {
        try await RunningAuthority.serving { running in
            let (key, voucher) = try await (running.makeKey(epoch: 100), running.makeVoucher())
            #expect(try await keep(record(key), running, voucher: voucher).status == 204)
            let database = running.authority.database
            _ = try await database.purgeKeys(endedBefore: key.acceptUntil)
            #expect(try await records(key, running).count == 1)
            _ = try await database.purgeKeys(endedBefore: key.acceptUntil.adding(seconds: 1))
            #expect(try await records(key, running).isEmpty)
        }
    }
}
