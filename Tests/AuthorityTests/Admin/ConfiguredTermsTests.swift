import AuthorityServer
import AuthorityStore
import KeySchedule
import KeyTransparency
import PrivacyPass
import Testing

struct ConfiguredTermsTests {
    let directories: AuthorityDirectories
    let time = TestTime()

    init() throws { directories = try AuthorityDirectories() }

    @Test func termsThatWouldLeaveAGapAreNotTakenUntilThereIsTimeForThem() throws {
        func settings(announcement: Int64) throws -> [CapabilitySettings] {
            let terms = RotationTerms(
                capability: .session, tokenType: .voprfRistretto255, epoch: 1_000, acceptance: 1_000,
                announcement: announcement)
            return try [CapabilitySettings(terms: #require(terms))]
        }
        let authority = try directories.authority(time: time)
        func announcement() -> Int64? { authority.database.keyHistory.terms.values.first?.announcement }
        #expect(try authority.configure(settings(announcement: 10)).isEmpty)
        #expect(try authority.makeDueKeys().count == 1)
        time.advance(701)
        #expect(try authority.configure(settings(announcement: 300)) == [.session])
        #expect(announcement() == 10)
        time.advance(299)
        #expect(try authority.makeDueKeys().count == 1)
        #expect(try authority.configure(settings(announcement: 300)).isEmpty)
        #expect(announcement() == 300)
        try authority.close()
    }
}
