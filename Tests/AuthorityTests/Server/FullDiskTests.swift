@testable import AuthorityStore
import AuthorityServer
import GRDB
import HTTPTransport
import KeySchedule
import PrivacyPass
import SQLiteSupport
import Testing

struct FullDiskTests {
    @Test func aFullDiskIsNeverAnsweredWith200AndPassesByItself() async throws {
        try await RunningAuthority.serving { running in
            let (key, voucher) = try await (running.makeKey(), running.makeVoucher(tokens: 1_000))
            let store = running.authority.database.store
            // No page more than there are now: what SQLite says then is what it says on a full disk.
            try store.readBlocking { try $0.execute(sql: "PRAGMA max_page_count = 1") }
            var (answered, refused): (Int, [UInt8]?) = (0, nil)
            while refused == nil && answered < 500 {
                let request = try batch(key, blindedElements(1))
                let response = try await running.post(request, contentType: batchType, voucher: voucher)
                if response.status == 200 { answered += 1; continue }
                #expect(problem(response) == "503 unavailable")
                #expect(response.header("retry-after") != nil)
                refused = request
            }
            #expect(try await running.remaining() == 1_000 - answered)
            try store.readBlocking { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
            let again = try await running.post(#require(refused), contentType: batchType, voucher: voucher)
            #expect(again.status == 200)
            #expect(try await running.remaining() == 1_000 - answered - 1)
        }
    }
}
