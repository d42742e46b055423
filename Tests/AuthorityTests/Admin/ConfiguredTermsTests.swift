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

    @Test func aCapabilityThatGetsItsEarlierTypeAgainGoesOnWithIt() throws {
        func settings(_ type: TokenType) throws -> [CapabilitySettings] {
            let terms = RotationTerms(
                capability: .session, tokenType: type, epoch: 1_000, acceptance: 500, announcement: 10)
            return try [CapabilitySettings(terms: #require(terms))]
        }
        let authority = try directories.authority(time: time)
        for type in [TokenType.blindRSA2048, .voprfRistretto255, .blindRSA2048] {
            _ = try authority.configure(settings(type))
            _ = try authority.makeDueKeys()
        }
        for _ in 0..<4 {
            time.advance(995)
            _ = try authority.makeDueKeys()
            let issuing = try authority.database.keys().filter {
                [.issuing, .announced].contains($0.state(at: time.now().wall))
            }
            #expect(issuing.contains { $0.record.tokenType == .blindRSA2048 })
        }
        let states = try authority.database.keys().filter { $0.record.tokenType == .voprfRistretto255 }
        #expect(states.map { $0.state(at: time.now().wall) } == [.ended])
        // What an admin retired stays so at the next start.
        let last = try #require(try authority.database.keys().last { $0.record.tokenType == .blindRSA2048 })
        _ = try authority.database.retireKey(last.record.id)
        _ = try authority.configure(settings(.blindRSA2048))
        let again = try authority.database.keys().first { $0.record.id == last.record.id }
        #expect(again?.isRetired == true)
        try authority.close()
    }

    @Test func aCapabilityThatGetsAnotherTypeIssuesItAndItsEarlierKeysRunOut() throws {
        func settings(_ type: TokenType) throws -> [CapabilitySettings] {
            let terms = RotationTerms(
                capability: .session, tokenType: type, epoch: 1_000, acceptance: 500, announcement: 10)
            return try [CapabilitySettings(terms: #require(terms))]
        }
        let authority = try directories.authority(time: time)
        #expect(try authority.configure(settings(.voprfRistretto255)).isEmpty)
        #expect(try authority.makeDueKeys().map(\.tokenType) == [.voprfRistretto255])
        #expect(try authority.configure(settings(.blindRSA2048)).isEmpty)
        #expect(try authority.makeDueKeys().map(\.tokenType) == [.blindRSA2048])
        let states = { () throws in
            try authority.database.keys().map { ($0.record.tokenType, $0.state(at: time.now().wall)) }
        }
        #expect(try states().allSatisfy { $0.1 == .issuing })
        // Time for the next key: there is one of the new type only.
        time.advance(995)
        #expect(try authority.makeDueKeys().map(\.tokenType) == [.blindRSA2048])
        time.advance(2_000)
        #expect(try states().filter { $0.0 == .voprfRistretto255 }.map(\.1) == [.ended])
        #expect(try authority.makeDueKeys().allSatisfy { $0.tokenType == .blindRSA2048 })
        try authority.close()
    }
}
