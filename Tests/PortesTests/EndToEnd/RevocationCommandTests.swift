import Foundation
import LibSodium
import PrivacyPass
import Testing

@testable import portes

/// What an admin and the holder of a token revoke with commands, and what servers and wallets make of it.
@Suite(.serialized, .timeLimit(.minutes(10))) struct RevocationCommandTests {
    @Test func whoeverHoldsATokenRevokesItAtTheIssuersAddress() async throws {
        try await withServers { servers, app, place in
            let token = try await app.tokens(1, place)[0]
            let nullifier = Hexadecimal.encode(Nullifier(of: token.input).bytes)
            let file = try place.write(Base64URL.encode(token.encoded) + "\n", to: "token.txt")
            let revoke = ["token", "revoke", "--token-file", file, "--issuer", servers.authorityURL]
            let unasked = try CommandRun(revoke)
            #expect(unasked.code == 1 && unasked.errors.contains("add --yes if it is meant"))
            // Neither data nor keys of the authority are named: anybody can do it.
            let revoked = try CommandRun(revoke + ["--yes"])
            #expect(revoked.code == 0 && revoked.output == "the token is revoked: \(nullifier)\n", "\(revoked.errors)")
            #expect(try CommandRun(revoke + ["--yes", "--json"]).output.contains(/"outcome"\s*:\s*"revoked"/))
            #expect(try CommandRun(["revocation", "list"] + place.adminFlags).output.contains(nullifier))
            #expect(try await outcome(of: token, app) { $0 == "token-revoked" } == "token-revoked")

            var forged = token.encoded
            forged[forged.count - 1] ^= 1
            let bad = try place.write(Base64URL.encode(forged) + "\n", to: "forged.txt")
            let refused = try CommandRun(
                ["token", "revoke", "--token-file", bad, "--issuer", servers.authorityURL, "--yes"])
            #expect(refused.code == 1 && refused.output.isEmpty)
            #expect(refused.errors.hasPrefix("portes: error: the issuer says that the token is none of its own\n"))
        }
    }

    @Test func aRevokedCapabilityIsToldByEverybody() async throws {
        try await withServers { servers, app, place in
            let token = try await app.tokens(1, place)[0]
            let revoke = ["capability", "revoke", "session"] + place.adminFlags + ["--from"]
            let past = try CommandRun(revoke + ["2020-01-01", "--yes"])
            #expect(past.code == 64 && past.errors.hasPrefix("portes: error: --from is in the past"), "\(past.errors)")
            for bad in ["tomorrow", "2027-02-30", "2027-2-3", "-1", ""] {
                let wrong = try CommandRun(revoke + [bad, "--yes"])
                #expect(wrong.code == 64, "\(bad): \(wrong.errors)")
            }
            let today = today()
            let unasked = try CommandRun(revoke + [today])
            #expect(unasked.code == 1)
            #expect(unasked.errors.contains("not done: session is revoked from \(today) on: nothing is issued of it"))
            let revoked = try CommandRun(revoke + [today, "--yes"])
            #expect(revoked.code == 0 && revoked.output.contains(/capability +session +- +withdrawn +\d{4}-\d\d-\d\d/))
            let again = try CommandRun(revoke + ["2999-01-01", "--yes"])
            #expect(again.code == 0 && again.output == revoked.output)
            #expect(again.errors.contains("nothing was changed: it is revoked from \(today) on already"))

            #expect(try await outcome(of: token, app) { $0 == "capability-revoked" } == "capability-revoked")
            let vouchers = try CommandRun(
                ["voucher", "create", "--capability", "session", "--tokens", "5"] + place.adminFlags)
            #expect(vouchers.code == 1 && vouchers.errors.contains("session is revoked from \(today) on"))
            let plan = try CommandRun(["key", "plan"] + place.adminFlags)
            #expect(plan.output.contains("never: revoked from \(today) on"), "\(plan.output)")
            #expect(!plan.output.contains("stops issuing") && plan.output.contains("secret destroyed"))
            let create = try CommandRun(["key", "create", "--capability", "session"] + place.adminFlags)
            #expect(create.code == 1 && create.errors.contains("session is revoked from \(today) on"), "\(create.errors)")
        }
    }

    @Test func aVerifierWhoseTrustIsRevokedStops() async throws {
        try await withServers { servers, app, place in
            let token = try await app.tokens(1, place)[0]
            let unasked = try CommandRun(["verifier", "revoke", "demo"] + place.adminFlags)
            #expect(unasked.code == 1 && unasked.errors.contains("clearing server demo is trusted no more"))
            let revoked = try CommandRun(["verifier", "revoke", "demo", "--yes"] + place.adminFlags)
            #expect(revoked.code == 0 && revoked.output.contains("verifier"), "\(revoked.errors)")
            #expect(try await outcome(of: token, app) { $0 == "verifier-revoked" } == "verifier-revoked")
            #expect(try await get(servers.clearingURL + "/readyz").contains("verifier-trust"))
            let nobody = try CommandRun(["verifier", "revoke", "demo", "--yes"] + place.adminFlags)
            #expect(nobody.code == 1 && nobody.errors.contains("no verifier that is trusted is called demo"))
        }
    }

    private func today() -> String {
        Date.now.formatted(Date.ISO8601FormatStyle().year().month().day())
    }
}
