import Foundation
import KeyTransparency
import PortesClient
import PrivacyPass

/// What the key log is for: an issuer that shows one person another key is found out before anything is blinded.
extension DemoStory {
    func refuseRogueIssuer(narrator: inout Narrator) async throws {
        let rogue = try RogueIssuer()
        let witness = try await DemoWitness.start(in: place, log: rogue.logKey())
        do {
            try await refuse(rogue, witness: witness, narrator: &narrator)
        } catch {
            await witness.stop()
            throw error
        }
        await witness.stop()
    }

    private func refuse(_ rogue: RogueIssuer, witness: DemoWitness, narrator: inout Narrator) async throws {
        let key = try rogue.key()
        _ = try await narrator.step("a rogue issuer shows one client its log, which a witness has cosigned") {
            let view = try await rogue.view(of: [key], cosignedBy: witness)
            try expect(await refusal(rogue, view, witness), nil)
        } saw: { _ in [.app: "one key, in a log that somebody else has seen: it may be used"] }

        _ = try await narrator.step("it shows another client a log with another key: a split view") {
            let other = try rogue.key()
            let view = try await rogue.view(of: [other], cosignedBy: witness)
            try expect(await refusal(rogue, view, witness), .tooFewWitnesses(found: 0, needed: 1, stale: 0))
        } saw: { _ in
            [.app: "a log that the witness has not cosigned, and never will: refused before anything is blinded"]
        }

        _ = try await narrator.step("it logs a second issuing key, for all to see") {
            let view = try await rogue.view(of: [key, rogue.key()], cosignedBy: witness)
            try expect(await refusal(rogue, view, witness), .ruleBroken(.windowsOverlap, entry: 2))
        } saw: { _ in [.app: "two keys that issue at one time, whoever cosigned them: refused"] }
    }

    /// Why a new client takes no key of the issuer, if it does not.
    private func refusal(_ rogue: RogueIssuer, _ view: RogueView, _ witness: DemoWitness) async throws -> IssuanceError? {
        let client = try IssuerClient(
            url: ServerURL("https://\(RogueIssuer.name)"), transport: view,
            log: KeyLogPolicy(log: rogue.logKey().verifierKey, witnesses: [witness.verifierKey]))
        do {
            _ = try await client.currentKey(for: ClientArgument.capability("session"))
            return nil
        } catch let error as IssuanceError {
            return error
        }
    }

    private func expect(_ found: IssuanceError?, _ wanted: KeyLogRefusal?) throws {
        guard found == wanted.map({ .keyLog($0) }) else {
            let (wanted, found) = (wanted.map { "\($0)" } ?? "a key", found.map { "\($0)" } ?? "a key")
            throw CommandFailure("expected \(wanted), and got \(found)")
        }
    }
}
