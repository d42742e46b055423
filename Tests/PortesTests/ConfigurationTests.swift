import ArgumentParser
import AuthorityServer
import AuthorityStore
import KeySchedule
import PortesVerifier
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
}
