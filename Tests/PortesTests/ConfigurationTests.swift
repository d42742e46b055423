import Accounts
import ArgumentParser
import Attestation
import AuthorityServer
import AuthorityStore
import KeySchedule
import PortesVerifier
import Statements
import Testing

@testable import portes

/// What `portes.yaml` says of capabilities, as servers are told it.
struct ConfigurationTests {
    @Test func whatTheFileSaysOfACapabilityIsWhatTheAuthorityIsTold() throws {
        let said = "quota: 5, tokens-per-key: 9, batch-size: 3, epoch: 2d, acceptance: 1d, announcement: 3h"
        let text = "authority: {capabilities: [{name: a, \(said)}]}"
        let section = try ConfigurationFile.parse(text, path: "x").authority
        let settings = try #require(AuthoritySettingsFile.capabilities(section).first)
        #expect(settings.limits.quota == 5 && settings.limits.tokensPerKey == 9 && settings.batchSize == 3)
        #expect(settings.terms.epoch == 2 * 86_400 && settings.terms.acceptance == 86_400)
        #expect(settings.terms.announcement == 3 * 3_600)
    }

    @Test func eachCapabilityMayHaveItsOwnFreshnessLimit() throws {
        let text = "clearing: {revocation-limit: 2h, capabilities: [{name: a, revocation-limit: 10m}, {name: b}]}"
        let section = try ConfigurationFile.parse(text, path: "x").clearing
        let limits = try ClearingRunCommand.parse([]).limits(section)
        #expect(try limits.limit(for: ClientArgument.capability("a")) == .seconds(600))
        #expect(try limits.limit(for: ClientArgument.capability("b")) == .seconds(7_200))
    }

    private static let party = """
        issuer: age.example, jwks-file: /x.json, algorithms: [EdDSA, RS256], capabilities: [age-18], maximum-tokens: 9
        """

    private func accounts(_ accounts: String?, _ capability: String) throws -> AccountConfiguration? {
        let said = accounts.map { ", accounts: {\($0)}" } ?? ""
        let section = try ConfigurationFile.parse(
            "authority: {capabilities: [{name: age-18, \(capability)}]\(said)}", path: "x").authority
        return try AuthoritySettingsFile.accounts(section, for: AuthoritySettingsFile.capabilities(section))
    }

    @Test func whatTheFileSaysOfAccountsIsWhatTheAuthorityIsTold() throws {
        let said = """
            opening: [voucher, statement], difficulty: 15, voucher-tokens: 4, changes-per-minute: 7, \
            statements: [{\(Self.party)}]
            """
        let configuration = try #require(try accounts(said, "gates: [statement]"))
        #expect(configuration.fees == [.voucher, .statement] && configuration.difficulty == 15)
        #expect(configuration.voucherTokens == 4 && configuration.changesPerMinute == 7)
        let party = try #require(configuration.parties.first)
        #expect(party.issuer.algorithms == [.edDSA, .rs256] && party.issuer.maximumTokens == 9)
        #expect(party.issuer.name == "age.example" && party.keys == .file("/x.json"))
        #expect(try accounts(nil, "gates: [account], quota: 5")?.fees == [.proofOfWork])
        #expect(try accounts(nil, "gates: [voucher]") == nil)
    }

    @Test func whatTheFileSaysOfGatesIsWhatTheAuthorityIsTold() throws {
        let text = "authority: {capabilities: [{name: a, gates: [voucher, account], quota: 5}, {name: b}]}"
        let settings = try AuthoritySettingsFile.capabilities(ConfigurationFile.parse(text, path: "x").authority)
        #expect(settings.map(\.limits.gates) == [[.voucher, .account], [.voucher]])
    }

    @Test(arguments: [
        (nil, "gates: [account]"), (nil, "gates: []"), (nil, "gates: [voucher, voucher]"), (nil, "gates: [nobody]"),
        ("difficulty: 7", "gates: [statement]"), ("difficulty: 29", "gates: [statement]"),
        ("opening: []", "gates: [statement]"), ("opening: [money]", "gates: [statement]"),
        ("voucher-tokens: 0", "gates: [statement]"), ("changes-per-minute: 0", "gates: [statement]"),
        ("difficulty: 9", "gates: [voucher]"), ("statements: [{\(party)}, {\(party)}]", "gates: [statement]"),
        ("statements: [{\(party), jwks-url: https://age.example/}]", "gates: [statement]"),
        ("statements: [{\(party.replacing("RS256", with: "HS256"))}]", "gates: [statement]"),
        ("statements: [{\(party.replacing("RS256", with: "none"))}]", "gates: [statement]"),
        ("statements: [{\(party.replacing("age-18", with: "Age 18"))}]", "gates: [statement]"),
        ("statements: [{\(party.replacing("tokens: 9", with: "tokens: 0"))}]", "gates: [statement]"),
        ("statements: [{\(party.replacing("jwks-file: /x.json", with: "jwks-url: http://age.example/"))}]",
            "gates: [statement]"),
        ("statements: [{\(party.replacing("jwks-file: /x.json", with: "jwks-url: http://127.0.0.1.age.example/"))}]",
            "gates: [statement]"),
        ("statements: [{\(party.replacing("jwks-file: /x.json", with: "jwks-url: age.example"))}]",
            "gates: [statement]"),
    ] as [(String?, String)])
    func whatCannotBeIsRefused(said: String?, capability: String) {
        #expect(throws: CommandFailure.self) { try accounts(said, capability) }
    }

    @Test func aMisspeltSettingOfAccountsIsFound() {
        for text in ["accounts: {dificulty: 9}", "accounts: {statements: [{isuer: a}]}"] {
            #expect(throws: CommandFailure.self) { try ConfigurationFile.parse("authority: {\(text)}", path: "x") }
        }
    }

    @Test func everythingThatIsSaidOrAssumedOfAccountsIsListed() throws {
        let text = """
            authority: {capabilities: [{name: age-18, gates: [statement]}], accounts: {statements: [{\(Self.party)}]}}
            """
        let tree = try ConfigurationListing(ConfigurationFile.parse(text, path: "x")).tree
        let expected = [
            "authority.accounts.opening": "proof-of-work", "authority.accounts.difficulty": "20",
            "authority.accounts.voucher-tokens": "1", "authority.accounts.changes-per-minute": "600",
            "authority.accounts.statements[0].issuer": "age.example", "authority.guesses-per-hour": "100",
            "authority.accounts.statements[0].jwks-file": "/x.json", "authority.capabilities[0].gates": "statement",
            "authority.accounts.statements[0].algorithms": "EdDSA, RS256",
            "authority.accounts.statements[0].maximum-tokens": "9",
        ]
        for (place, value) in expected { #expect(tree[place]?.value == value, "\(place)") }
    }
}
