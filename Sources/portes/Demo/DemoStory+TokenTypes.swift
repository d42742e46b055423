import LibSodium
import PrivacyPass

/// The other token types, through the same two servers; and what is special about the one that anybody can verify.
extension DemoStory {
    /// A token of each type but the story's own, fetched and spent.
    func useOtherTypes(with app: DemoApp, narrator: inout Narrator) async throws {
        let others: [(TokenType, String, String)] = [
            (.blindRSA2048, DemoServers.entry, "blind RSA, type 0x0002"),
            (.voprfP384, DemoServers.badge, "VOPRF over P-384, type 0x0001"),
        ]
        for (type, capability, name) in others {
            let voucher = try await voucher(for: capability, tokens: 3)
            _ = try await narrator.step("the app fetches three tokens of \(capability) (\(name)) and redeems one") {
                let challenge = try await app.challenge(of: type)
                let tokens = try await app.fetch(3, of: capability, for: challenge, voucher: voucher)
                guard tokens.count == 3, tokens.allSatisfy({ $0.input.tokenType == type }) else {
                    throw CommandFailure("the tokens are not three of the type")
                }
                try expect(await app.redeem(tokens[0], binding: Randomness.bytes(32)), 200, "spent")
                try expect(await app.redeem(tokens[0], binding: Randomness.bytes(32)), 409, "already-spent")
            } saw: { _ in
                [
                    .app: "a receipt; a second try is refused",
                    .authority: "three requests in one generic batch",
                    .clearing: type == .blindRSA2048
                        ? "a token that it verified with the public key alone" : "a token of another type, spent once",
                ]
            }
        }
    }

    /// A token that is verified by somebody who holds no secret.
    func verifyInPublic(with app: DemoApp, narrator: inout Narrator) async throws {
        let voucher = try await voucher(for: DemoServers.entry, tokens: 1)
        let key = try await ChildProcess.run(["authority", "show", "--revocation-key"] + place.adminFlags)
        guard let key = Base64URL.decode(key.prefix { !$0.isWhitespace }).flatMap({ Bytes32($0) }) else {
            throw CommandFailure("the authority printed no key")
        }
        let backend = try await narrator.step("a backend elsewhere reads the key log and the revocation list") {
            try await DemoBackend(servers: servers, revocationKey: Ed25519.PublicKey(key))
        } saw: { _ in
            [.authority: "somebody who reads what everybody may", .backend: "public keys, and no secret"]
        }
        _ = try await narrator.step("the app fetches a token for that backend, and presents it there twice") {
            let token = try await app.fetch(1, of: DemoServers.entry, for: backend.challenge(), voucher: voucher)[0]
            try expect(await backend.redeem(app.forged(from: token)), "bad-authenticator")
            try expect(await backend.redeem(token), "spent")
            try expect(await backend.redeem(token), "already-spent")
        } saw: { _ in
            [
                .clearing: "nothing",
                .backend: "a forged token: refused; a good one: spent, and refused when it came again",
            ]
        }
    }

    private func expect(_ found: String, _ wanted: String) throws {
        guard found == wanted else { throw CommandFailure("expected \(wanted), and got \(found)") }
    }
}
