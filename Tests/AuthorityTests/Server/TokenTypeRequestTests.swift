import AuthorityServer
import HTTPTransport
import Issuance
import KeySchedule
import LibSodium
import PortesClient
import PrivacyPass
import Testing

/// Requests for tokens of every type, alone and in generic batches (batched tokens draft, section 6).
struct TokenTypeRequestTests {
    @Test(arguments: TokenType.implemented, [1, 3])
    func tokensOfEveryTypeAreFetchedAndHoldAndARepetitionIsFree(_ type: TokenType, count: Int) async throws {
        try await RunningAuthority.serving { running in
            let key = try await running.makeKey("session", type)
            let voucher = try await running.makeVoucher(tokens: 10)
            let pending = try Client.request(
                challenge: challenge(type), tokenKey: TokenKey(tokenType: type, decoding: key.publicKey), count: count)
            let (body, mediaType) = (pending.request.encoded, pending.request.mediaType)
            let response = try await running.post(body, contentType: mediaType, voucher: voucher)
            #expect(response.status == 200)
            #expect(response.header("content-type") == pending.request.responseMediaType)
            let tokens = try pending.finalize(response.body)
            #expect(tokens.count == count && tokens.allSatisfy { $0.input.keyID == key.id })
            for token in tokens {
                #expect(throws: Never.self) { try running.authority.issuer.verify(token, at: running.time.now().wall) }
            }
            #expect(try await running.post(body, contentType: mediaType, voucher: voucher).status == 200)
            #expect(try await running.remaining() == 10 - count)
        }
    }

    @Test func repetitionsTakeNoThreadsFromThoseWhoPayAndAMadeUpVoucherGetsNone() async throws {
        try await RunningAuthority.serving { running in
            let play = try await running.makeKey("play", .voprfP384)
            _ = try await running.makeKey("session")
            let (paid, other) = try await (running.makeVoucher("play", tokens: 20), running.makeVoucher(tokens: 5))
            let body = try GenericBatchTokenRequest((0..<20).map { _ in try request(play) }).encoded
            let type = MediaType.genericBatchRequest
            #expect(try await running.post(body, contentType: type, voucher: paid).status == 200)
            let strange = "vch_" + String(repeating: "a", count: 40)
            #expect(try await running.post(body, contentType: type, voucher: strange).status == 401)
            let codes = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<30 {
                    group.addTask { try await running.post(body, contentType: type, voucher: paid).status }
                }
                // Meanwhile whoever pays gets tokens.
                let key = try #require(running.authority.issuer.records.first { $0.capability.name == "session" })
                for _ in 0..<5 {
                    let single = TokenRequest(
                        truncatedKeyID: key.id.truncated, blindedElement: try blindedElements(1)[0])
                    #expect(try await running.post(single.encoded, voucher: other).status == 200)
                }
                return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            // One at a time; the others are told to come again.
            #expect(codes.keys.sorted() == [200, 503] || codes.keys.sorted() == [200], "\(codes)")
            #expect(try await running.remaining() == 0)
        }
    }

    @Test func ofAMixedBatchWhatMayBeIssuedIsAndTheRestIsLeftOutInPlace() async throws {
        try await RunningAuthority.serving { running in
            let play = try await running.makeKey("play", .blindRSA2048)
            let session = try await running.makeKey("session")
            let voucher = try await running.makeVoucher("play", tokens: 10)
            let requests = try [request(session), request(play), request(session), request(play)]
            let response = try await post(requests, running, voucher)
            #expect(response.status == 206)
            let answer = try GenericBatchTokenResponse(decoding: response.body)
            #expect(answer.responses.map { $0?.tokenType } == [nil, .blindRSA2048, nil, .blindRSA2048])
            #expect(try await running.remaining() == 8)
            // The same bytes again are answered again, and not charged.
            #expect(try await post(requests, running, voucher).status == 206)
            #expect(try await running.remaining() == 8)
        }
    }

    @Test func ofABatchUnderSeveralKeysEachPartIsChargedForOnce() async throws {
        try await RunningAuthority.serving { running in
            var keys: [KeyRecord] = []
            for type in [TokenType.voprfRistretto255, .blindRSA2048, .voprfP384] {
                // A capability whose type changes: keys of an earlier one issue until their dates.
                if let last = keys.last { _ = await running.authority.handle(.retireKey(id: last.id.hexadecimal)) }
                keys.append(try await running.makeKey("session", type))
            }
            let voucher = try await running.makeVoucher(tokens: 10)
            let requests = try (keys + keys.reversed()).map { try request($0) }
            for _ in 0..<2 {
                let response = try await post(requests, running, voucher)
                #expect(response.status == 200)
                let answer = try GenericBatchTokenResponse(decoding: response.body)
                #expect(answer.responses.map { $0?.tokenType } == requests.map(\.tokenType))
                #expect(try await running.remaining() == 4)
            }
        }
    }

    @Test func whereNothingIsIssuedTheReasonIsToldWith400() async throws {
        try await RunningAuthority.serving { running in
            let session = try await running.makeKey("session")
            _ = try await running.makeKey("play")
            let other = try await running.makeVoucher("play", tokens: 10)
            #expect(problem(try await post([request(session)], running, other)) == "400 voucher-unfit")
            let small = try await running.makeVoucher(tokens: 1)
            let two = try [request(session), request(session)]
            #expect(problem(try await post(two, running, small)) == "400 voucher-exhausted")
            let unknown = try request(session, truncated: session.id.truncated &+ 1)
            #expect(problem(try await post([unknown], running, small)) == "400 key-unknown")
            #expect(try await post([request(session)], running, nil).status == 401)
            #expect(try await running.remaining() == 11)
        }
    }

    @Test func aBlindedMessageThatIsNotBelowTheModulusIsNeverChargedFor() async throws {
        try await RunningAuthority.serving { running in
            let key = try await running.makeKey("session", .blindRSA2048)
            let voucher = try await running.makeVoucher(tokens: 10)
            let modulus = Array(key.publicKey[81..<337])
            for message in [modulus, [UInt8](repeating: 0xff, count: 256)] {
                let unfit = try TokenRequest(
                    tokenType: .blindRSA2048, truncatedKeyID: key.id.truncated, blindedMessage: message)
                #expect(problem(try await running.post(unfit.encoded, voucher: voucher)) == "422 unprocessable-content")
                #expect(problem(try await post([unfit], running, voucher)) == "400 unprocessable-content")
                #expect(try await running.remaining() == 10)
            }
            let unfit = try TokenRequest(
                tokenType: .blindRSA2048, truncatedKeyID: key.id.truncated, blindedMessage: modulus)
            let response = try await post([unfit, request(key)], running, voucher)
            #expect(response.status == 206)
            let answer = try GenericBatchTokenResponse(decoding: response.body)
            #expect(answer.responses.map { $0 == nil } == [true, false])
            #expect(try await running.remaining() == 9)
        }
    }

    @Test func aBatchThatCannotBeReadIsRefusedWhole() async throws {
        try await RunningAuthority.serving { running in
            let key = try await running.makeKey()
            let voucher = try await running.makeVoucher()
            let one = try request(key).encoded
            let unknown = one + [0xDA, 0x7A] + [UInt8](repeating: 1, count: 20)
            let bodies: [[UInt8]] = [
                [0], [UInt8(one.count)] + Array(one.dropLast()), [UInt8(unknown.count)] + unknown,
            ]
            for body in bodies {
                let response = try await running.post(
                    body, contentType: MediaType.genericBatchRequest, voucher: voucher)
                #expect(problem(response) == "422 unprocessable-content")
            }
            #expect(problem(try await post([TokenRequest](repeating: request(key), count: 101), running, voucher))
                == "422 unprocessable-content")
            #expect(try await running.remaining() == 100)
        }
    }

    private func challenge(_ type: TokenType) throws -> TokenChallenge {
        try TokenChallenge(tokenType: type, issuerName: ServerName("issuer.example"))
    }

    private func request(_ key: KeyRecord, truncated: UInt8? = nil) throws -> TokenRequest {
        let scheme = try #require(key.tokenType.scheme)
        let message = try scheme.blind([Randomness.bytes(98)], publicKey: key.publicKey)[0].blindedMessage
        return try TokenRequest(
            tokenType: key.tokenType, truncatedKeyID: truncated ?? key.id.truncated, blindedMessage: message)
    }

    private func post(
        _ requests: [TokenRequest], _ running: RunningAuthority, _ voucher: String?
    ) async throws -> HTTPTransportResponse {
        try await running.post(
            GenericBatchTokenRequest(requests).encoded, contentType: MediaType.genericBatchRequest, voucher: voucher)
    }
}
