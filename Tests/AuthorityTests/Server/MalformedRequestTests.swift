import HTTPTransport
import KeySchedule
import LibSodium
import PrivacyPass
import Testing

struct MalformedRequestTests {
    @Test func everyTruncationAndExtensionIsRefused() async throws {
        try await RunningAuthority.serving { running in
            let (key, voucher) = try await (running.makeKey(), running.makeVoucher())
            let single = TokenRequest(truncatedKeyID: key.id.truncated, blindedElement: try blindedElements(1)[0])
                .encoded
            for count in 0..<single.count {
                let response = try await running.post(Array(single.prefix(count)), voucher: voucher)
                #expect(problem(response) == "422 unprocessable-content")
            }
            let batch = try batch(key, blindedElements(2))
            for count in 0..<batch.count {
                let response = try await running.post(
                    Array(batch.prefix(count)), contentType: batchType, voucher: voucher)
                #expect(problem(response) == "422 unprocessable-content")
            }
            let longer = try await running.post(batch + [0], contentType: batchType, voucher: voucher)
            #expect(problem(longer) == "422 unprocessable-content")
            #expect(try await running.remaining() == 100)
        }
    }

    @Test func whatIsNoRequestIsRefused() async throws {
        try await RunningAuthority.serving { running in
            let (key, voucher) = try await (running.makeKey(), running.makeVoucher())
            let element = try blindedElements(1)[0].encoded.bytes
            let head: [UInt8] = [0, 5, key.id.truncated]
            var notCanonical = element
            notCanonical[31] |= 0x80
            let cases: [(body: [UInt8], type: String, expected: String)] = [
                ([0, 2, key.id.truncated] + element, MediaType.tokenRequest, "422 unprocessable-content"),
                ([0, 5, key.id.truncated &+ 1] + element, MediaType.tokenRequest, "422 key-unknown"),
                (head + [UInt8](repeating: 0, count: 32), MediaType.tokenRequest, "422 unprocessable-content"),
                (head + [UInt8](repeating: 0xff, count: 32), MediaType.tokenRequest, "422 unprocessable-content"),
                (head + notCanonical, MediaType.tokenRequest, "422 unprocessable-content"),
                (head + [0], batchType, "422 unprocessable-content"),
                (head + [31] + element.dropLast(), batchType, "422 unprocessable-content"),
                (head + [0x40, 32] + element, batchType, "422 unprocessable-content"),
                (head + [0xff, 0xff, 0xff, 0xff] + element, batchType, "422 unprocessable-content"),
            ]
            for (body, type, expected) in cases {
                let response = try await running.post(body, contentType: type, voucher: voucher)
                #expect(problem(response) == expected)
            }
            #expect(try await running.remaining() == 100)
        }
    }

    @Test func aBatchHasItsLimit() async throws {
        try await RunningAuthority.serving { running in
            let (key, voucher) = try await (running.makeKey(), running.makeVoucher(tokens: 1_000))
            let tooMany = try await running.post(
                batch(key, blindedElements(101)), contentType: batchType, voucher: voucher)
            #expect(problem(tooMany) == "413 content-too-large")
            let tooLong = try await running.post([UInt8](repeating: 0, count: 260), voucher: voucher)
            #expect(problem(tooLong) == "413 content-too-large")
            #expect(try await running.remaining() == 1_000)
        }
    }

    @Test(arguments: ["application/json", "application/private-token-arbitrary-batch-request", "text/plain", ""])
    func anotherContentTypeIsRefused(type: String) async throws {
        try await RunningAuthority.serving { running in
            let response = try await running.post([0], contentType: type, voucher: nil)
            #expect(problem(response) == "415 unsupported-media-type")
            #expect(response.header("accept")?.contains(MediaType.tokenRequest) == true)
        }
    }

    @Test func aContentTypeIsComparedWithoutCaseAndParameters() async throws {
        try await RunningAuthority.serving { running in
            let (key, voucher) = try await (running.makeKey(), running.makeVoucher())
            let response = try await running.post(
                batch(key, blindedElements(1)), contentType: batchType.uppercased() + " ; q=1", voucher: voucher)
            #expect(response.status == 200)
        }
    }

    @Test func otherMethodsAreNotAllowed() async throws {
        try await RunningAuthority.serving { running in
            let response = try await running.get("/token-request")
            #expect(problem(response) == "405 method-not-allowed")
            #expect(response.header("allow") == "OPTIONS, POST")
        }
    }
}
