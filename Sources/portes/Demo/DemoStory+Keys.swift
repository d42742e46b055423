import AuthorityServer
import Foundation
import LibSodium
import PortesClient
import PrivacyPass

/// The life of keys: they rotate by themselves, and a compromised one is replaced at once.
extension DemoStory {
    /// Tickets have keys of a few seconds: a fast clock.
    func rotate(_ challenge: TokenChallenge, with app: DemoApp, narrator: inout Narrator) async throws {
        let voucher = try await voucher(for: DemoServers.ticket, tokens: 4)
        let epoch = DemoServers.ticketEpoch
        let old = try await narrator.step("the app fetches tickets, whose keys issue for \(epoch) s each") {
            try await app.fetch(2, of: DemoServers.ticket, for: challenge, voucher: voucher)
        } saw: { _ in [.app: "read in the key log that this key, and no other, issues tickets now"] }

        let new = try await narrator.step("nobody does anything, and the next key begins at its published date") {
            try await tokensOfNextKey(after: old[0], challenge, with: app, voucher: voucher)
        } saw: { _ in
            [
                .app: "the next key, which was in the log before it began",
                .authority: "made it, announced it and moved over by itself",
            ]
        }
        _ = try await narrator.step("the app redeems a ticket of each key") {
            try await expectSoon(200, "spent", waitingFor: "the clearing server to learn the new key") {
                try await app.redeem(new[0], binding: [UInt8](repeating: 7, count: 32))
            }
            try expect(await app.redeem(old[0], binding: Randomness.bytes(32)), 200, "spent")
        } saw: { _ in [.clearing: "tokens of two keys, both good"] }
    }

    private func tokensOfNextKey(
        after old: Token, _ challenge: TokenChallenge, with app: DemoApp, voucher: Voucher
    ) async throws -> [Token] {
        let first = try await app.currentKey(for: DemoServers.ticket)
        let deadline = ContinuousClock.now + .seconds(60)
        while try await app.currentKey(for: DemoServers.ticket) == first {
            guard ContinuousClock.now < deadline else { throw CommandFailure("the key did not rotate within a minute") }
            try await Task.sleep(for: .milliseconds(100))
        }
        let tokens = try await app.fetch(2, of: DemoServers.ticket, for: challenge, voucher: voucher)
        guard tokens[0].input.keyID != old.input.keyID else { throw CommandFailure("the key is the old one") }
        return tokens
    }

    /// The voucher has 99 tokens left of 200 when the key of the others is compromised.
    func compromise(
        _ tokens: [Token], challenge: TokenChallenge, with app: DemoApp, voucher: Voucher, narrator: inout Narrator
    ) async throws {
        let id = Hexadecimal.encode(tokens[0].input.keyID.bytes.bytes)
        let preview = try await narrator.step("the admin fears that the key was stolen, and asks what revoking it does") {
            try await revoke(id, ["--dry-run"])
        } saw: { preview in
            [.authority: "\(preview.tokens) tokens would go back to \(preview.vouchers) voucher; nothing is done yet"]
        }
        let done = try await narrator.step("the admin revokes it as compromised, with one command") {
            let done = try await revoke(id, ["--yes"])
            guard done.tokens == preview.tokens, done.tokens == 101, done.replacement != nil else {
                throw CommandFailure("\(done.tokens) tokens were given back")
            }
            return done
        } saw: { done in
            [.authority: "revoked, logged, \(done.tokens) tokens given back, and the next key issues"]
        }
        _ = try await narrator.step("the app tries an old token, and fetches new ones with the same voucher") {
            let binding = Randomness.bytes(32)
            // Until the revocation is known, this spends the token once and then repeats the answer.
            try await expectSoon(401, "key-revoked", waitingFor: "the clearing server to learn the revocation") {
                try await app.redeem(tokens[7], binding: binding)
            }
            let fresh = try await app.fetch(100, for: challenge, voucher: voucher)
            guard Hexadecimal.encode(fresh[0].input.keyID.bytes.bytes) == done.replacement?.id else {
                throw CommandFailure("the key is not the next one")
            }
            try await expectSoon(200, "spent", waitingFor: "the clearing server to learn the new key") {
                try await app.redeem(fresh[0], binding: [UInt8](repeating: 9, count: 32))
            }
        } saw: { _ in
            [
                .app: "the old key is out, the tokens are paid back, the new one is good",
                .clearing: "a revoked key: refused; a token of the next: good",
            ]
        }
    }

    private func revoke(_ id: String, _ flags: [String]) async throws -> KeyRevocationSummary {
        let text = try await ChildProcess.run(
            ["key", "revoke", id, "--compromised", "--json"] + flags + place.adminFlags)
        return try JSONDecoder().decode(KeyRevocationSummary.self, from: Data(text.utf8))
    }
}
