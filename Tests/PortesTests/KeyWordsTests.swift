import AuthorityServer
import KeyFiles
import KeySchedule
import LibSodium
import PrivacyPass
import Testing
import VOPRF

@testable import portes

/// What commands about keys say, and what a restore of secrets decides.
struct KeyWordsTests {
    private let record: KeyRecord

    init() throws {
        record = try KeyRecord(
            capability: #require(Capability("session")), tokenType: .voprfRistretto255,
            publicKey: ServerPrivateKey().publicKey.encoded.bytes, notBefore: UnixTime(seconds: 100_000),
            issueUntil: UnixTime(seconds: 500_000), acceptUntil: UnixTime(seconds: 900_000))
    }

    private func summary(_ state: KeyState, issued: Int64 = 0, at now: Int64 = 300_000) -> KeySummary {
        KeySummary(
            id: record.id.hexadecimal, record: record, state: state, issued: issued, isRetired: false, redeemed: nil,
            now: UnixTime(seconds: now))
    }

    @Test(arguments: [
        (KeyState.announced, 90_000, "-", "2h 46m"), (.issuing, 300_000, "2d 7h", "2d 7h"),
        (.accepting, 600_000, "5d 18h", "3d 11h"), (.ended, 900_000, "9d 6h", "-"),
    ] as [(KeyState, Int64, String, String)])
    func aListTellsStateAgeTokensIssuedAndWhatIsLeft(state: KeyState, now: Int64, age: String, left: String) throws {
        let lines = KeyTable.table([summary(state, issued: 4_711, at: now)]).lines
        let cells = try #require(lines.last).split(separator: /\ \ +/).map(String.init)
        #expect(cells[2...6] == ["0x0005", state.rawValue, age, "4711", left], "\(lines)")
    }

    @Test(arguments: [(3, false), (4, true)])
    func moreLiveKeysThanTheScheduleHasAreSmallerCrowds(count: Int, isWarned: Bool) {
        let revoked = KeyRevocationSummary(
            key: summary(.issuing), entry: nil, replacement: nil, vouchers: 0, tokens: 0, liveKeys: count, verifiers: [])
        let warnings = KeyRevocationText(revoked, isDone: true).warnings.map(\.message)
        #expect(warnings == (isWarned ? ["4 keys of session are live: each crowd of users is smaller"] : []))
    }

    @Test(arguments: [
        (KeyState.announced, "restored"), (.issuing, "restored"), (.accepting, "restored"), (.ended, "ended"),
        (.revoked, "revoked"),
    ])
    func onlySecretsOfKeysThatAreInUseArePutBack(state: KeyState, word: String) throws {
        let name = KeyFileName(.token, id: record.id.bytes)
        let stranger = KeyFileName(.token, id: Randomness.bytes32())
        let inventory = KeyInventory(issuer: "issuer.example", signingFiles: [], keys: [summary(state)])
        let plan = KeyRestorePlan([name, stranger], inventory: inventory) { _ in false }
        #expect(plan.decisions.map(\.decision.text) == [word, "unknown"])
        let present = KeyRestorePlan([name], inventory: inventory) { _ in true }
        #expect(present.decisions.map(\.decision.text) == ["present"])
    }
}
