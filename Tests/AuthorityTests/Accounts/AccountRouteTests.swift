import Accounts
import Attestation
@testable import AuthorityServer
import AuthorityStore
import Foundation
import HTTPTransport
import KeySchedule
import LibSodium
import PortesClient
import PortesClientHTTP
import PrivacyPass
import Testing

/// Accounts over HTTP, as the client library opens, uses and closes them.
struct AccountRouteTests {
    private static let easy = AccountConfiguration(fees: [.proofOfWork, .voucher], difficulty: 8)

    @Test func aClientOpensAnAccountByProofOfWorkAndFetchesUpToItsQuota() async throws {
        try await RunningAuthority.serving(accounts: Self.easy) { running in
            running.limit([.account], quota: 5)
            let key = try await running.makeKey()
            let (client, account) = (try running.client(), AccountKey(Ed25519.PrivateKey()))
            let wallet = try Wallet.inMemory()
            await #expect(throws: IssuanceError.refused(.accountUnknown)) {
                try await wallet.fetch(1, from: client, account: account)
            }
            #expect(try await client.openAccount(account))
            #expect(try await client.openAccount(account) == false)
            #expect(try await wallet.fetch(5, from: client, account: account).requested == 5)
            let next = key.issueUntil.seconds
            await #expect(throws: IssuanceError.quotaExhausted(until: next)) {
                try await wallet.fetch(1, from: client, account: account)
            }
        }
    }

    @Test func aRequestThatTheAccountDidNotSignIsRefused() async throws {
        try await RunningAuthority.serving(accounts: Self.easy) { running in
            running.limit([.account], quota: 50)
            let account = Ed25519.PrivateKey()
            let key = try await running.makeKey()
            #expect(try await running.authority.database.openAccount(account.publicKey, for: .proofOfWork) == .opened)
            let name = try ServerName("issuer.example")
            let (body, other) = try (batch(key, blindedElements(2)), batch(key, blindedElements(2)))
            let digest = RequestDigest.digest(body: body, mediaType: batchType)
            let good = AccountCredentials(.request, digest: digest, issuer: name, key: account).fieldValue
            #expect(try await running.fetch(other, good) == "401 account-signature-invalid")
            let elsewhere = AccountCredentials(
                .request, digest: digest, issuer: try ServerName("other.example"), key: account)
            #expect(try await running.fetch(body, elsewhere.fieldValue) == "401 account-signature-invalid")
            let otherAct = AccountCredentials(.opening, digest: digest, issuer: name, key: account)
            #expect(try await running.fetch(body, otherAct.fieldValue) == "401 account-signature-invalid")
            for text in ["PortesAccount", "PortesAccount AAAA", good + "A", String(good.dropLast(4))] {
                #expect(try await running.fetch(body, text) == "401 account-required", "\(text)")
            }
            // As it is, and again: answered twice, charged once.
            #expect(try await running.fetch(body, good) == "200")
            #expect(try await running.fetch(body, good) == "200")
            #expect(try running.authority.database.keys().map(\.issued) == [2])
        }
    }

    @Test func anAccountCostsAVoucherWhereThatIsAskedFor() async throws {
        try await RunningAuthority.serving(accounts: Self.easy) { running in
            running.limit([.account], quota: 5)
            _ = try await running.makeKey()
            let (client, account) = (try running.client(), AccountKey(Ed25519.PrivateKey()))
            let voucher = try #require(Voucher(try await running.makeVoucher(tokens: 3)))
            #expect(try await client.openAccount(account, for: .voucher(voucher)))
            #expect(try await running.remaining() == 2)
            #expect(try await client.openAccount(account, for: .voucher(voucher)) == false)
            #expect(try await running.remaining() == 2)
            let unknown = try #require(Voucher(VoucherText.make()))
            await #expect(throws: IssuanceError.refused(.voucherUnknown)) {
                try await client.openAccount(AccountKey(Ed25519.PrivateKey()), for: .voucher(unknown))
            }
        }
    }

    @Test func whatNobodyAskedForOpensNoAccount() async throws {
        try await RunningAuthority.serving(accounts: AccountConfiguration(fees: [.voucher], difficulty: 8)) { running in
            let (client, account) = (try running.client(), AccountKey(Ed25519.PrivateKey()))
            await #expect(throws: IssuanceError.refused(.openingRefused)) { try await client.openAccount(account) }
        }
    }

    @Test func withoutAccountsThereIsNoSuchPlace() async throws {
        try await RunningAuthority.serving { running in
            let (client, account) = (try running.client(), AccountKey(Ed25519.PrivateKey()))
            await #expect(throws: IssuanceError.refused(.noAccounts)) { try await client.openAccount(account) }
            #expect(problem(try await running.get("/accounts/challenge")) == "404 not-found")
        }
    }

    @Test func aProofIsUsedOnceAndForItsAccount() async throws {
        try await RunningAuthority.serving(accounts: Self.easy) { running in
            let name = try ServerName("issuer.example")
            let first = Ed25519.PrivateKey()
            let second = Ed25519.PrivateKey()
            let challenge = try await running.challenge()
            let number = try #require(ProofOfWork.solve(challenge, for: first.publicKey))
            let fee = AccountFee.proofOfWork(challenge: challenge, number: number)
            #expect(try await running.open(fee, second, name) == "422 proof-invalid")
            #expect(try await running.open(fee, first, name) == "201")
            #expect(try await running.open(fee, first, name) == "422 challenge-invalid")
            // Nobody made this challenge.
            let forged = AccountChallenge(
                difficulty: 0, expires: running.time.now().wall.seconds + 60, key: SecretBytes(randomCount: 32))
            let bogus = AccountFee.proofOfWork(challenge: forged, number: 0)
            #expect(try await running.open(bogus, second, name) == "422 challenge-invalid")
            let late = try await running.challenge()
            let answer = try #require(ProofOfWork.solve(late, for: second.publicKey))
            running.time.advance(ChallengeKeeper.life + 1)
            let tooLate = AccountFee.proofOfWork(challenge: late, number: answer)
            #expect(try await running.open(tooLate, second, name) == "422 challenge-invalid")
        }
    }

    @Test func anOpeningThatAnotherKeySignedIsRefused() async throws {
        try await RunningAuthority.serving(accounts: Self.easy) { running in
            let challenge = try await running.challenge()
            let account = Ed25519.PrivateKey()
            let number = try #require(ProofOfWork.solve(challenge, for: account.publicKey))
            let fee = AccountFee.proofOfWork(challenge: challenge, number: number)
            #expect(try await running.open(fee, account, ServerName("other.example")) == "401 account-signature-invalid")
            #expect(try await running.open(fee, account, ServerName("issuer.example")) == "201", "nothing was used up")
        }
    }

    @Test func anAccountIsClosedByItsOwnKeyOverAFreshChallengeAlone() async throws {
        try await RunningAuthority.serving(accounts: Self.easy) { running in
            running.limit([.account], quota: 5)
            _ = try await running.makeKey()
            let secret = Ed25519.PrivateKey()
            let client = try running.client()
            let name = try ServerName("issuer.example")
            #expect(try await running.authority.database.openAccount(secret.publicKey, for: .proofOfWork) == .opened)
            let challenge = try await running.challenge()
            let good = AccountCredentials(closingAt: name, challenge: challenge, key: secret).fieldValue
            let elsewhere = AccountCredentials(closingAt: try ServerName("x.example"), challenge: challenge, key: secret)
            #expect(try await running.close(elsewhere.fieldValue) == "401 account-signature-invalid")
            let request = AccountCredentials(.closing, digest: challenge.digest, issuer: name, key: secret)
            #expect(try await running.close(request.fieldValue) == "422 challenge-invalid")
            #expect(try await running.close(nil) == "401 account-required")
            #expect(try await running.close(good) == "204")
            // Opened again, it is not closed by what was said before.
            #expect(try await running.authority.database.openAccount(secret.publicKey, for: .proofOfWork) == .opened)
            #expect(try await running.close(good) == "422 challenge-invalid")
            let account = AccountKey(secret)
            try await client.closeAccount(account)
            try await client.closeAccount(account)
            let wallet = try Wallet.inMemory()
            await #expect(throws: IssuanceError.refused(.accountUnknown)) {
                try await wallet.fetch(1, from: client, account: account)
            }
        }
    }

    @Test func floodsOfOpeningsAreSlowedDownWithATimeToComeBack() async throws {
        let slow = AccountConfiguration(difficulty: 8, changesPerMinute: 3)
        try await RunningAuthority.serving(accounts: slow) { running in
            let client = try running.client()
            for _ in 0..<3 { #expect(try await client.openAccount(AccountKey(Ed25519.PrivateKey()))) }
            let account = AccountKey(Ed25519.PrivateKey())
            await #expect(throws: IssuanceError.overloaded(retryAfter: 20)) { try await client.openAccount(account) }
            running.time.advance(20)
            #expect(try await client.openAccount(account))
        }
    }

    @Test func whoeverGuessesAtVouchersIsStoppedForAnHour() async throws {
        try await RunningAuthority.serving(accounts: Self.easy, guessesPerHour: 3) { running in
            running.limit([.voucher, .account], quota: 5)
            let (key, voucher) = try await (running.makeKey(), running.makeVoucher())
            let body = try batch(key, blindedElements(1))
            for _ in 0..<3 {
                let answer = try await running.post(body, contentType: batchType, voucher: VoucherText.make())
                #expect(problem(answer) == "401 voucher-invalid")
            }
            let stopped = try await running.post(body, contentType: batchType, voucher: voucher)
            #expect(problem(stopped) == "429 too-many-requests" && stopped.header("retry-after") == "3600")
            let client = try running.client()
            await #expect(throws: IssuanceError.overloaded(retryAfter: 3_600)) {
                let voucher = try #require(Voucher(voucher))
                try await client.openAccount(AccountKey(Ed25519.PrivateKey()), for: .voucher(voucher))
            }
            // Whoever brings no voucher is not concerned.
            #expect(try await client.openAccount(AccountKey(Ed25519.PrivateKey())))
            running.time.advance(3_600)
            let next = try await running.makeKey("play")
            let other = try await running.makeVoucher("play")
            let answer = try await running.post(batch(next, blindedElements(1)), contentType: batchType, voucher: other)
            #expect(answer.status == 200)
        }
    }
}
