import Foundation
import LibSodium
import PortesClient
import PrivacyPass

/// The steps of the demo; each says what every party saw and how long it took.
struct DemoStory {
    let servers: DemoServers
    let place: DemoDirectory

    func tell() async throws {
        let app = try DemoApp(servers: servers)
        do {
            try await tell(with: app)
        } catch {
            await app.close()
            throw error
        }
        await app.close()
        try Output.data("\nevery step came out as it should")
    }

    private func tell(with app: DemoApp) async throws {
        var narrator = Narrator()
        let voucher = try await narrator.step("the admin makes a voucher worth 200 tokens") {
            try await self.voucher(for: "session", tokens: 200)
        } saw: { _ in [.authority: "keeps a hash of the code, and 200"] }

        let challenge = try await narrator.step("the app asks the clearing server what it wants") {
            try await app.challenge()
        } saw: { challenge in
            [
                .app: "a token of issuer \(challenge.issuerName.text), type 0x0005",
                .clearing: "a request without a token: 401",
            ]
        }

        let tokens = try await narrator.step("the app fetches 100 tokens with the voucher") {
            try await app.fetch(100, for: challenge, voucher: voucher)
        } saw: { tokens in
            [
                .app: "\(tokens.count) tokens, the proof checked before anything was unblinded",
                .authority: "a good voucher and 100 blinded elements: nothing that a token shows later",
                .clearing: "nothing",
            ]
        }
        let answer = try await redeem(tokens, with: app, narrator: &narrator)
        try await misbehave(tokens, spent: answer, with: app, voucher: voucher, narrator: &narrator)
        try await useOtherTypes(with: app, narrator: &narrator)
        try await verifyInPublic(with: app, narrator: &narrator)
        try await rotate(challenge, with: app, narrator: &narrator)
        try await compromise(tokens, challenge: challenge, with: app, voucher: voucher, narrator: &narrator)
        try await loseTheDevice(narrator: &narrator)
        try await openSession(narrator: &narrator)
        try await checkAge(narrator: &narrator)
        try await refuseRogueIssuer(narrator: &narrator)
    }

    /// A token that was spent, and how.
    private struct Spent {
        let token: Token
        let binding: [UInt8]
        let receipt: String?
    }

    private func redeem(_ tokens: [Token], with app: DemoApp, narrator: inout Narrator) async throws -> Spent {
        let binding = Randomness.bytes(32)
        let first = try await narrator.step("the app redeems five of them") {
            let first = try await app.redeem(tokens[0], binding: binding)
            try expect(first, 200, "spent")
            for token in tokens[1..<5] {
                try expect(await app.redeem(token, binding: Randomness.bytes(32)), 200, "spent")
            }
            return first
        } saw: { _ in
            [
                .app: "five receipts", .authority: "nothing",
                .clearing: "five valid tokens; it keeps a nullifier and a digest for each, and no time",
            ]
        }
        _ = try await narrator.step("the app, having lost the answer, redeems the first again with its binding") {
            let again = try await app.redeem(tokens[0], binding: binding)
            try expect(again, 200, "replayed")
            guard again.receipt == first.receipt else { throw CommandFailure("the receipt differs") }
        } saw: { _ in [.app: "the same receipt, byte for byte", .clearing: "a replay: answered again, admitted once"] }
        return Spent(token: tokens[0], binding: binding, receipt: first.receipt)
    }

    private func misbehave(
        _ tokens: [Token], spent: Spent, with app: DemoApp, voucher: Voucher, narrator: inout Narrator
    ) async throws {
        _ = try await narrator.step("somebody spends the first token again for something else") {
            try expect(await app.redeem(spent.token, binding: Randomness.bytes(32)), 409, "already-spent")
        } saw: { _ in [.clearing: "a token spent before: refused"] }

        _ = try await narrator.step("somebody presents a forged token") {
            let forged = try app.forged(from: tokens[5])
            try expect(await app.redeem(forged, binding: Randomness.bytes(32)), 401, "bad-authenticator")
        } saw: { _ in [.clearing: "an authenticator that the key did not make: refused, nothing kept"] }

        _ = try await narrator.step("the app presents a token that is for another origin") {
            let foreign = try await app.fetch(1, for: app.foreignChallenge(), voucher: voucher)
            try expect(await app.redeem(foreign[0], binding: Randomness.bytes(32)), 401, "wrong-challenge")
        } saw: { _ in
            [.authority: "one more blinded element: it cannot tell for whom", .clearing: "another challenge: refused"]
        }
    }

    /// A new voucher.
    func voucher(for capability: String, tokens: Int) async throws -> Voucher {
        let code = try await ChildProcess.run(
            ["voucher", "create", "--capability", capability, "--tokens", String(tokens)] + place.adminFlags)
        guard let voucher = Voucher(code.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw CommandFailure("the authority printed no voucher")
        }
        return voucher
    }

    func expect(_ answer: DemoApp.Answer, _ status: Int, _ outcome: String) throws {
        guard answer.status == status, answer.outcome == outcome else {
            throw CommandFailure("expected \(status) \(outcome), and got \(answer.status) \(answer.outcome)")
        }
    }

    /// Repeats an attempt until the answer is as expected: within 2 s, or far later on a machine that is busy.
    func expectSoon(
        _ status: Int, _ outcome: String, waitingFor reason: String, _ attempt: () async throws -> DemoApp.Answer
    ) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            let answer = try await attempt()
            if answer.status == status, answer.outcome == outcome { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw CommandFailure("waited a minute in vain for \(reason)")
    }
}
