import AuthorityServer
import Foundation
import HTTPTransport
import KeySchedule
import LibSodium
import PrivacyPass
import Testing
import VOPRF

struct TokenRequestTests {
    @Test func aRequestIsAnsweredWithAProof() async throws {
        try await RunningAuthority.serving { running in
            let (key, voucher) = try await (running.makeKey(), running.makeVoucher())
            let blinded = try blindedElements(1)
            let request = TokenRequest(truncatedKeyID: key.id.truncated, blindedElement: blinded[0])
            let response = try await running.post(request.encoded, voucher: voucher)
            #expect(response.status == 200)
            #expect(response.header("content-type") == MediaType.tokenResponse)
            #expect(response.header("cache-control") == "no-store")
            let evaluation = try #require(TokenResponse(decoding: response.body, tokenType: .voprfRistretto255).evaluation)
            #expect(try key.isValid(evaluation, for: blinded))
            #expect(try await running.remaining() == 99)
        }
    }

    @Test func aBatchOfAHundredIsAnsweredWithOneProof() async throws {
        try await RunningAuthority.serving { running in
            let (key, voucher) = try await (running.makeKey(), running.makeVoucher())
            let blinded = try blindedElements(100)
            let response = try await running.post(batch(key, blinded), contentType: batchType, voucher: voucher)
            #expect(response.status == 200)
            #expect(response.header("content-type") == MediaType.amortizedBatchResponse)
            let evaluation = try AmortizedBatchTokenResponse(decoding: response.body).evaluation
            #expect(try key.isValid(evaluation, for: blinded))
            #expect(try await running.remaining() == 0)
        }
    }

    @Test func aLostReplyLosesNothing() async throws {
        try await RunningAuthority.serving { running in
            let old = try await running.makeKey(epoch: 100)
            let voucher = try await running.makeVoucher(tokens: 3)
            let blinded = try blindedElements(3)
            let request = try batch(old, blinded)
            #expect(try await running.post(request, contentType: batchType, voucher: voucher).status == 200)
            // The voucher is spent, the key is replaced and its epoch is over: the answer is there all the same.
            _ = try await running.rotate()
            running.time.advance(150)
            let again = try await running.post(request, contentType: batchType, voucher: voucher)
            #expect(again.status == 200)
            let evaluation = try AmortizedBatchTokenResponse(decoding: again.body).evaluation
            #expect(try old.isValid(evaluation, for: blinded))
            #expect(try await running.remaining() == 0)
            // Past its acceptance a token would be worth nothing.
            running.time.advance(50)
            let late = try await running.post(request, contentType: batchType, voucher: voucher)
            #expect(problem(late) == "422 key-unknown")
        }
    }

    @Test func aCapabilityMayTakeSmallerBatchesThanTheOthers() async throws {
        try await RunningAuthority.serving(batchSizes: [.session: 2]) { running in
            let (session, play) = try await (running.makeKey(), running.makeKey("play"))
            let vouchers = try await (running.makeVoucher(), running.makeVoucher("play"))
            for (key, voucher, count, expected) in [
                (session, vouchers.0, 2, "200"), (session, vouchers.0, 3, "422 batch-too-large"),
                (play, vouchers.1, 3, "200"),
            ] {
                let answer = try await running.post(
                    batch(key, blindedElements(count)), contentType: batchType, voucher: voucher)
                #expect((answer.status == 200 ? "200" : problem(answer)) == expected)
            }
        }
    }

    @Test func nothingIsIssuedOrChargedWhileTheCalendarWasMoved() async throws {
        try await RunningAuthority.serving { running in
            let (key, voucher) = try await (running.makeKey(), running.makeVoucher(tokens: 5))
            let request = try batch(key, blindedElements(2))
            for jump in [61, -61] as [Int64] {
                running.time.setCalendar(forwardBy: jump)
                let refused = try await running.post(request, contentType: batchType, voucher: voucher)
                #expect(problem(refused) == "503 clock-moved" && refused.header("retry-after") != nil)
                #expect(try await running.remaining() == 5)
                running.time.setCalendar(forwardBy: -jump)
            }
            #expect(try await running.post(request, contentType: batchType, voucher: voucher).status == 200)
            #expect(try await running.remaining() == 3)
        }
    }

    @Test func sixtyFourConcurrentRepetitionsAreChargedOnce() async throws {
        try await RunningAuthority.serving { running in
            let (key, voucher) = try await (running.makeKey(), running.makeVoucher(tokens: 10))
            let blinded = try blindedElements(10)
            let request = try batch(key, blinded)
            let statuses = try await withThrowingTaskGroup { group in
                for _ in 0..<64 {
                    group.addTask {
                        // One repetition is answered at a time; who is told to come again gets the answer then.
                        var response = try await running.post(request, contentType: batchType, voucher: voucher)
                        while response.status == 503 {
                            #expect(response.header("retry-after") == "1")
                            response = try await running.post(request, contentType: batchType, voucher: voucher)
                        }
                        let evaluation = try AmortizedBatchTokenResponse(decoding: response.body).evaluation
                        return try key.isValid(evaluation, for: blinded) ? response.status : 0
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses == [Int](repeating: 200, count: 64))
            #expect(try await running.remaining() == 0)
        }
    }

    @Test func concurrentRequestsNeverTakeMoreThanTheVoucherIsWorth() async throws {
        try await RunningAuthority.serving { running in
            let (key, voucher) = try await (running.makeKey(), running.makeVoucher(tokens: 40))
            let statuses = try await withThrowingTaskGroup { group in
                for _ in 0..<64 {
                    group.addTask {
                        let request = TokenRequest(
                            truncatedKeyID: key.id.truncated, blindedElement: try blindedElements(1)[0])
                        return try await running.post(request.encoded, voucher: voucher).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == 200 }.count == 40)
            #expect(statuses.filter { $0 == 403 }.count == 24)
            #expect(try await running.remaining() == 0)
        }
    }

    @Test func aReplacedKeyAnswersNoNewRequest() async throws {
        try await RunningAuthority.serving { running in
            let (old, voucher) = try await (running.makeKey(), running.makeVoucher())
            let new = try await running.rotate()
            running.time.advance(KeyRecord.issuingLeeway)
            let refused = try await running.post(
                batch(old, blindedElements(1)), contentType: batchType, voucher: voucher)
            #expect(problem(refused) == "422 key-unknown")
            let answered = try await running.post(
                batch(new, blindedElements(1)), contentType: batchType, voucher: voucher)
            #expect(answered.status == 200)
            #expect(try await running.remaining() == 99)
        }
    }

    @Test func aRevokedKeyAnswersNeitherNewNorRepeatedRequests() async throws {
        try await RunningAuthority.serving { running in
            let (key, voucher) = try await (running.makeKey(), running.makeVoucher())
            let request = try batch(key, blindedElements(1))
            #expect(try await running.post(request, contentType: batchType, voucher: voucher).status == 200)
            _ = await running.authority.handle(
                .revokeKey(id: key.id.hexadecimal, reason: "key-compromised"))
            let repeated = try await running.post(request, contentType: batchType, voucher: voucher)
            #expect(problem(repeated) == "422 key-unknown")
            let fresh = try await running.post(batch(key, blindedElements(1)), contentType: batchType, voucher: voucher)
            #expect(problem(fresh) == "422 key-unknown")
            #expect(try await running.remaining() == 100)
        }
    }

    @Test func theVoucherDecides() async throws {
        try await RunningAuthority.serving { running in
            let key = try await running.makeKey()
            _ = try await running.makeKey("play")
            let request = try batch(key, blindedElements(2))
            func refusal(_ voucher: String?) async throws -> String {
                let response = try await running.post(request, contentType: batchType, voucher: voucher)
                if response.status == 401 { #expect(response.header("www-authenticate")?.hasPrefix("Bearer") == true) }
                return problem(response)
            }
            let good = try await running.makeVoucher()
            #expect(try await refusal(nil) == "401 voucher-required")
            #expect(try await refusal("hello") == "401 voucher-required")
            #expect(
                try await refusal(String(good.dropLast()) + (good.hasSuffix("a") ? "b" : "a")) == "401 voucher-required"
            )
            // Well formed, but never made by this authority.
            #expect(try await refusal("vch_" + unknownCode) == "401 voucher-invalid")
            #expect(try await refusal(running.makeVoucher("play")) == "403 voucher-unfit")
            #expect(try await refusal(running.makeVoucher(tokens: 1)) == "403 voucher-exhausted")
            #expect(try await running.post(request, contentType: batchType, voucher: good).status == 200)
        }
    }

    @Test func inDevelopmentNobodyPays() async throws {
        try await RunningAuthority.serving(isDevelopment: true) { running in
            let key = try await running.makeKey()
            let response = try await running.post(batch(key, blindedElements(2)), contentType: batchType, voucher: nil)
            #expect(response.status == 200)
        }
    }

    /// A code of another authority.
    private var unknownCode: String { String(VoucherText.make().dropFirst(4)) }
}

let batchType = MediaType.amortizedBatchRequest

func batch(_ key: KeyRecord, _ blinded: [Ristretto255.Element]) throws -> [UInt8] {
    try AmortizedBatchTokenRequest(truncatedKeyID: key.id.truncated, blindedElements: blinded).encoded
}

/// The status and the name of a problem document (RFC 9457), or what else came.
func problem(_ response: HTTPTransportResponse) -> String {
    struct Document: Decodable {
        let type: String
        let status: Int
    }
    guard response.header("content-type") == "application/problem+json",
        let document = try? JSONDecoder().decode(Document.self, from: Data(response.body)),
        document.status == response.status
    else { return "\(response.status) without a problem document" }
    return "\(response.status) \(document.type.split(separator: ":").last ?? "")"
}
