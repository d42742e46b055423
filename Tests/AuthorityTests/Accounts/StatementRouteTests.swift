import Accounts
import Attestation
@testable import AuthorityServer
import AuthorityStore
import Foundation
import KeySchedule
import LibSodium
import PortesClient
import PrivacyPass
import Statements
import TestSupport
import Testing

/// Statements over HTTP: from the party's file of keys to tokens.
final class StatementRouteTests: Sendable {
    private let party = Ed25519.PrivateKey()
    private let path = TemporaryDirectory.newPath() + ".jwks.json"

    init() throws { try publish(party.publicKey) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    private func publish(_ key: Ed25519.PublicKey, id: String = "one") throws {
        let x = Base64URL.encode(key.encoded.bytes, padded: false)
        try Data(#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"\#(id)","x":"\#(x)"}]}"#.utf8)
            .write(to: URL(filePath: path))
    }

    private func configuration(_ keys: AccountConfiguration.KeySet? = nil) -> AccountConfiguration {
        let issuer = StatementIssuer(
            name: "age.example", algorithms: [.edDSA], capabilities: [.session, .play], maximumTokens: 10)
        return AccountConfiguration(
            fees: [.proofOfWork, .statement], difficulty: 8,
            parties: [AccountConfiguration.Party(issuer: issuer, keys: keys ?? .file(path))])
    }

    private func statement(
        for account: AccountKey, id: String, capability: String = "session", tokens: Int = 5,
        by key: borrowing Ed25519.PrivateKey, keyID: String = "one"
    ) -> Statement {
        let request = StatementRequest(for: account)
        let claims = """
            {"iss":"age.example","aud":"issuer.example","exp":1800003600,"jti":"\(id)","capability":"\(capability)",\
            "tokens":\(tokens),"sub":"CANARY-SUBJECT","cnf":{"portes-account":"\(request.binding)"}}
            """
        let signed = [#"{"alg":"EdDSA","kid":"\#(keyID)"}"#, claims]
            .map { Base64URL.encode(Array($0.utf8), padded: false) }.joined(separator: ".")
        let signature = Base64URL.encode(key.signature(for: Array(signed.utf8)).bytes, padded: false)
        return Statement(token: signed + "." + signature, for: request)
    }

    @Test func aStatementOpensAnAccountAndAnotherAddsToItAndTokensAreFetchedForThem() async throws {
        try await RunningAuthority.serving(accounts: configuration()) { [self] running in
            running.limit([.statement])
            _ = try await running.makeKey()
            let client = try running.client()
            let account = AccountKey(Ed25519.PrivateKey())
            let first = statement(for: account, id: "CANARY-ONE", by: party)
            #expect(try await client.openAccount(account, for: .statement(first)))
            await #expect(throws: IssuanceError.refused(.statementUsed)) {
                try await client.present(first, for: account)
            }
            let wallet = try Wallet.inMemory()
            #expect(try await wallet.fetch(5, from: client, account: account).requested == 5)
            await #expect(throws: IssuanceError.refused(.creditExhausted)) {
                try await wallet.fetch(1, from: client, account: account)
            }
            let second = statement(for: account, id: "CANARY-TWO", tokens: 2, by: party)
            let grant = try await client.present(second, for: account)
            #expect(grant.tokens == 2 && grant.capability == .session)
            #expect(try await wallet.fetch(2, from: client, account: account).requested == 2)
            #expect(try running.authority.database.keys().map(\.issued) == [7])
            // Of what the party said nothing is anywhere.
            let directory = URL(filePath: running.socketPath).deletingLastPathComponent()
            for file in try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil) {
                guard file.lastPathComponent.hasPrefix("authority.sqlite") else { continue }
                let text = try Data(contentsOf: file)
                for canary in ["CANARY", "age.example"] {
                    #expect(text.range(of: Data(canary.utf8)) == nil, "\(canary) is in \(file.lastPathComponent)")
                }
                let digest = Data(KeyedBLAKE2b.hash(Array("CANARY-ONE".utf8)).bytes)
                #expect(text.range(of: digest) == nil && text.range(of: Data(SHA256.hash(Array("CANARY-ONE".utf8)).bytes)) == nil)
            }
        }
    }

    @Test func oneStatementFromSixtyFourConnectionsAtOnceIsCreditedOnce() async throws {
        try await RunningAuthority.serving(accounts: configuration()) { [self] running in
            running.limit([.statement])
            let client = try running.client()
            let account = AccountKey(Ed25519.PrivateKey())
            try await client.openAccount(account)
            let statement = statement(for: account, id: "one", by: party)
            let outcomes = await withTaskGroup { group in
                for _ in 0..<64 {
                    group.addTask {
                        do throws(IssuanceError) {
                            _ = try await client.present(statement, for: account)
                            return "credited"
                        } catch {
                            return error == .refused(.statementUsed) ? "used" : "\(error)"
                        }
                    }
                }
                return await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(outcomes == ["credited": 1, "used": 63])
        }
    }

    @Test func aStatementOfAnotherAccountOrPartyOrAboutSomethingElseIsRefusedByName() async throws {
        try await RunningAuthority.serving(accounts: configuration()) { [self] running in
            running.limit([.statement])
            let client = try running.client()
            let account = AccountKey(Ed25519.PrivateKey())
            let other = AccountKey(Ed25519.PrivateKey())
            func refusal(_ statement: Statement) async -> IssuanceError.Refusal? {
                do throws(IssuanceError) {
                    _ = try await client.present(statement, for: account)
                    return nil
                } catch {
                    guard case .refused(let refusal) = error else { return nil }
                    return refusal
                }
            }
            let good = statement(for: account, id: "one", by: party)
            #expect(await refusal(good) == .accountUnknown)
            try await client.openAccount(account)
            let stolen = statement(for: other, id: "two", by: party)
            #expect(await refusal(stolen) == .statementRefused(reason: "statement-account-wrong"))
            let forged = statement(for: account, id: "three", by: Ed25519.PrivateKey())
            #expect(await refusal(forged) == .statementRefused(reason: "statement-signature-invalid"))
            let many = statement(for: account, id: "four", tokens: 11, by: party)
            #expect(await refusal(many) == .statementRefused(reason: "statement-too-many-tokens"))
            let unfit = statement(for: account, id: "five", capability: "play", by: party)
            #expect(await refusal(unfit) == .statementRefused(reason: "statement-unfit"))
            #expect(await refusal(good) == nil)
            running.time.advance(7_200)
            let late = statement(for: account, id: "six", by: party)
            #expect(await refusal(late) == .statementRefused(reason: "statement-expired"))
        }
    }

    @Test func aPartysNewKeyIsReadFromItsFile() async throws {
        try await RunningAuthority.serving(accounts: configuration()) { [self] running in
            running.limit([.statement])
            let client = try running.client()
            let account = AccountKey(Ed25519.PrivateKey())
            try await client.openAccount(account)
            _ = try await client.present(statement(for: account, id: "one", by: party), for: account)
            let next = Ed25519.PrivateKey()
            try publish(next.publicKey, id: "two")
            running.time.advance(30)
            let signed = statement(for: account, id: "two", by: next, keyID: "two")
            #expect(try await client.present(signed, for: account).tokens == 5)
            let old = statement(for: account, id: "three", by: party)
            await #expect(throws: IssuanceError.refused(.statementRefused(reason: "statement-key-unknown"))) {
                try await client.present(old, for: account)
            }
        }
    }

    @Test func aPartysKeysAreReadFromAURL() async throws {
        try await RunningAuthority.serving { [self] other in
            // The set of another authority, which has keys, but not the one that signed.
            for (url, expected) in [
                (other.url + "/.well-known/jwks.json", IssuanceError.refused(.statementRefused(reason: "statement-key-unknown"))),
                (other.url + "/nowhere", .overloaded(retryAfter: 60)),
            ] {
                try await RunningAuthority.serving(accounts: configuration(.url(url))) { [self] running in
                    running.limit([.statement])
                    let client = try running.client()
                    let account = AccountKey(Ed25519.PrivateKey())
                    try await client.openAccount(account)
                    let statement = statement(for: account, id: "one", by: party)
                    await #expect(throws: expected) { try await client.present(statement, for: account) }
                }
            }
        }
    }

    @Test func whileTheCalendarWasMovedNoStatementIsTaken() async throws {
        try await RunningAuthority.serving(accounts: configuration()) { [self] running in
            running.limit([.statement])
            let client = try running.client()
            let account = AccountKey(Ed25519.PrivateKey())
            try await client.openAccount(account)
            let statement = statement(for: account, id: "one", by: party)
            running.time.setCalendar(forwardBy: -3_600)
            await #expect(throws: IssuanceError.overloaded(retryAfter: 300)) {
                try await client.present(statement, for: account)
            }
            running.time.setCalendar(forwardBy: 3_600)
            #expect(try await client.present(statement, for: account).tokens == 5)
        }
    }
}
