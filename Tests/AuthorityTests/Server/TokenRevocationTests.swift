import AuthorityServer
import AuthorityStore
import HTTPTransport
import KeySchedule
import LibSodium
import PrivacyPass
import Revocation
import Testing
import VOPRF

/// `POST /revocations/tokens`: what the holder of a token can do with it, and nobody else.
struct TokenRevocationTests {
    @Test func whoeverHoldsAValidTokenRevokesItAndItAlone() async throws {
        try await RunningAuthority.serving { running in
            let (key, voucher) = try await (running.makeKey(), running.makeVoucher())
            let tokens = try await running.tokens(2, of: key, voucher: voucher)
            let answer = try await revoke(tokens[0], running)
            #expect(answer.status == 200 && answer.header("cache-control") == "no-store")
            #expect(answer.text.contains(Hexadecimal.encode(Nullifier(of: tokens[0].input).bytes)))
            #expect(answer.text.contains("surrendered"))
            // Again it is the same answer, and no second entry.
            #expect(try await revoke(tokens[0], running).body == answer.body)
            let list = try await running.revocations()
            #expect(list.size == 1 && list.isRevoked(Nullifier(of: tokens[0].input), keyID: key.id))
            #expect(!list.isRevoked(Nullifier(of: tokens[1].input), keyID: key.id))
            #expect(try await running.remaining() == 98)
        }
    }

    @Test func aTokenThatIsNotValidIsRefusedAndNothingIsStored() async throws {
        try await RunningAuthority.serving { running in
            let (key, voucher) = try await (running.makeKey(), running.makeVoucher())
            let token = try await running.tokens(1, of: key, voucher: voucher)[0]
            for bit in [0, 7, 300, 511] {
                var authenticator = token.authenticator
                authenticator[bit / 8] ^= 1 << (bit % 8)
                let forged = try Token(input: token.input, authenticator: authenticator)
                #expect(try await problem(revoke(forged, running)) == "422 bad-authenticator")
            }
            let other = AuthenticatorInput(
                tokenType: .voprfRistretto255, nonce: .random(), challengeDigest: token.input.challengeDigest,
                keyID: key.id)
            let moved = try Token(input: other, authenticator: token.authenticator)
            #expect(try await problem(revoke(moved, running)) == "422 bad-authenticator")
            let foreign = AuthenticatorInput(
                tokenType: .voprfRistretto255, nonce: .random(), challengeDigest: token.input.challengeDigest,
                keyID: .random())
            let unknown = try Token(input: foreign, authenticator: token.authenticator)
            #expect(try await problem(revoke(unknown, running)) == "422 unknown-key")
            #expect(try await running.revocations().size == 0)
        }
    }

    @Test func whatIsNoTokenIsRefused() async throws {
        try await RunningAuthority.serving { running in
            let (key, voucher) = try await (running.makeKey(), running.makeVoucher())
            let token = try await running.tokens(1, of: key, voucher: voucher)[0]
            let missing = try await post([], running)
            #expect(problem(missing) == "401 token-required" && missing.header("www-authenticate") == "PrivateToken")
            #expect(try await problem(post(["Bearer abc"], running)) == "401 token-required")
            for bytes in [[], Array(token.encoded.dropLast()), token.encoded + [0]] {
                #expect(try await problem(post([field(bytes)], running)) == "422 malformed")
            }
            let other = field([0, 3] + token.encoded.dropFirst(2))
            #expect(try await problem(post([other], running)) == "422 wrong-token-type")
            let good = field(token.encoded)
            #expect(try await problem(post([good, good], running)) == "422 malformed")
            #expect(try await running.revocations().size == 0)
            #expect(try await running.get("/revocations/tokens").status == 405)
        }
    }

    @Test func aTokenThatIsWorthNothingAnywayGetsItsOwnAnswerAndNoEntry() async throws {
        try await RunningAuthority.serving { running in
            let key = try await running.makeKey(epoch: 100)
            let play = try await running.makeKey("play", epoch: 100_000)
            let token = try await running.tokens(1, of: key, voucher: running.makeVoucher())[0]
            let other = try await running.tokens(1, of: play, voucher: running.makeVoucher("play"))[0]
            running.time.advance(200)
            #expect(try await problem(revoke(token, running)) == "422 key-no-longer-accepted")
            _ = await running.authority.handle(
                .revokeCapability(name: "play", from: running.time.now().wall, reason: "withdrawn"))
            #expect(try await problem(revoke(other, running)) == "422 capability-revoked")
            _ = await running.authority.handle(.revokeKey(id: play.id.hexadecimal, reason: "withdrawn"))
            #expect(try await problem(revoke(other, running)) == "422 key-revoked")
            #expect(try await running.revocations().size == 2)
        }
    }

    @Test func concurrentRevocationsOfOneTokenMakeOneEntry() async throws {
        try await RunningAuthority.serving { running in
            let (key, voucher) = try await (running.makeKey(), running.makeVoucher())
            let tokens = try await running.tokens(4, of: key, voucher: voucher)
            let statuses = try await withThrowingTaskGroup { group in
                for index in 0..<64 { group.addTask { try await revoke(tokens[index % 4], running).status } }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(statuses == [200])
            #expect(try await running.revocations().size == 4)
        }
    }

    private func revoke(_ token: Token, _ running: RunningAuthority) async throws -> HTTPTransportResponse {
        try await post([PrivateTokenCredentials(token: token).fieldValue], running)
    }

    private func post(_ fields: [String], _ running: RunningAuthority) async throws -> HTTPTransportResponse {
        try await running.http.send(
            HTTPTransportRequest(
                .post, .url(running.url + "/revocations/tokens"),
                headers: fields.map { (name: "Authorization", value: $0) }))
    }

    private func field(_ bytes: some Collection<UInt8>) -> String {
        "PrivateToken token=\"\(Base64URL.encode(Array(bytes)))\""
    }
}
