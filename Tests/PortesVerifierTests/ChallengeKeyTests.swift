import KeySchedule
import PortesVerifier
import PrivacyPass
import Testing
import VerifierSupport

/// Which keys an origin asks for tokens of.
@Suite struct ChallengeKeyTests {
    private let time = ManualTime()
    private let start = Mint.start

    private func asked(_ mints: Mint..., of capabilities: Set<Capability>? = nil) throws -> [TokenKeyID] {
        // Keys come in any order: they are kept by id.
        let verifier = try Verifier(
            keys: mints.shuffled().map(\.key), revocations: time.verifier().revocations, freshness: time.fresh())
        return verifier.keysToChallengeWith(of: capabilities, at: time.now()).map(\.id)
    }

    @Test func theKeyThatIssuesIsAskedForAndNoOlderOneOfItsType() throws {
        let older = try Mint(notBefore: start - 3_600, issueUntil: start)
        let issuing = try Mint()
        let coming = try Mint(notBefore: start + 60)
        #expect(try asked(older, issuing, coming) == [issuing.record.id])
    }

    @Test func whereNoKeyIssuesTheNewestOfThoseThatAreAcceptedIsAskedFor() throws {
        let oldest = try Mint(notBefore: start - 7_200, issueUntil: start - 3_600)
        let older = try Mint(notBefore: start - 3_600, issueUntil: start)
        #expect(try asked(oldest, older) == [older.record.id])
    }

    @Test func afterAChangeOfTypeTokensOfBothAreAskedForFirstThoseThatAreIssued() throws {
        // Else those who hold tokens of the old type could not know that these are still good.
        let before = try Mint(.blindRSA2048, notBefore: start - 3_600, issueUntil: start)
        let issuing = try Mint(.voprfP384)
        #expect(try asked(before, issuing) == [issuing.record.id, before.record.id])
        #expect(try asked(issuing, before) == [issuing.record.id, before.record.id])
    }

    @Test func capabilitiesComeInTheOrderOfTheirNamesAndOnlyThoseThatAreAccepted() throws {
        let (session, badge) = (try Mint(), try Mint(.voprfP384, capability: "badge"))
        let capability = session.record.capability
        #expect(try asked(session, badge) == [badge.record.id, session.record.id])
        #expect(try asked(session, badge, of: [capability]) == [session.record.id])
        #expect(try asked(badge, of: [capability]) == [])
    }

    @Test func ofTwoTypesThatBeginInOneSecondTheOrderIsAlwaysTheSame() throws {
        let (first, second) = (try Mint(.voprfP384), try Mint(.blindRSA2048))
        for _ in 0..<8 { #expect(try asked(first, second) == [first.record.id, second.record.id]) }
    }
}
