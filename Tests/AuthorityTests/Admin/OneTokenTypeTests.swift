import AuthorityServer
import AuthorityStore
import Issuance
import KeySchedule
import KeyTransparency
import PrivacyPass
import Testing

/// A capability has keys of one token type; of two only while those of an earlier type run out.
struct OneTokenTypeTests {
    let directories: AuthorityDirectories
    let authority: Authority
    let time = TestTime()

    init() throws {
        directories = try AuthorityDirectories()
        authority = try directories.authority(time: time)
    }

    @Test(arguments: [true, false])
    func aSecondChainOfKeysBeginsOnlyAfterTheFirstIsRetired(isDevelopment: Bool) async throws {
        let first = try await key(create(.voprfRistretto255, isDevelopment: isDevelopment))
        let refused = await authority.handle(create(.blindRSA2048, isDevelopment: isDevelopment))
        guard case .refused(let message, let hint) = refused else { throw UnexpectedReply(reply: refused) }
        #expect(message.hasPrefix("session has keys of type 0x0005, which rotate: with others of type 0x0002 beside"))
        #expect(hint?.contains("portes key retire \(first.id.prefix(16)), then this again") == true)
        #expect(await authority.handle(.listKeys) == .keys([first]))

        _ = try await key(.retireKey(id: first.id))
        let second = try await key(create(.blindRSA2048, isDevelopment: isDevelopment))
        #expect(second.record.tokenType == .blindRSA2048)
        // Nothing follows the first, and what follows the second is of its type.
        time.advance(1_000)
        #expect(try authority.makeDueKeys().allSatisfy { $0.tokenType == .blindRSA2048 })
        try authority.close()
    }

    @Test func withoutATypeTheNextKeyIsOfTheCapabilitysOwn() async throws {
        let first = try await key(create(.blindRSA2048))
        _ = try await key(.retireKey(id: first.id))
        #expect(try await key(create(nil)).record.tokenType == .blindRSA2048)
        try authority.close()
    }

    /// Rotating picks the type that goes on, although earlier keys of the other type, which no one retired, are newer.
    @Test func rotatingPicksTheTypeThatTheCapabilityHasNow() async throws {
        let first = try await key(create(.voprfRistretto255, isDevelopment: true))
        for type in [TokenType.blindRSA2048, .voprfRistretto255] {
            time.advance(10)
            try authority.configure(settings(type))
            _ = try authority.makeDueKeys()
            if type == .blindRSA2048 {
                for _ in 0..<2 {
                    time.advance(10)
                    #expect(try await rotate().record.tokenType == .blindRSA2048)
                }
            }
        }
        time.advance(10)
        let next = try await rotate()
        #expect(next.record.tokenType == .voprfRistretto255 && next.id != first.id)
        // Before the first key of a new type is made, that type is the capability's all the same.
        try authority.configure(settings(.voprfP384))
        guard case .refused("no key of session issues now", _) = await authority.handle(
            .rotateKey(capability: "session"))
        else { throw CancellationError() }
        try authority.close()
    }

    @Test func aConfigurationThatNamesNoTypeLeavesATypeThatAnAdminChangedAlone() async throws {
        var unsaid = try settings(.voprfRistretto255)
        unsaid[0].isTypeSaid = false
        try authority.configure(unsaid)
        let first = try await key(create(nil, isDevelopment: true))
        #expect(first.record.tokenType == .voprfRistretto255)
        _ = await authority.handle(.retireKey(id: first.record.id.hexadecimal))
        let second = try await key(create(.blindRSA2048, isDevelopment: true))
        // As at the next start with the same file.
        try authority.configure(unsaid)
        #expect(try await rotate().record.tokenType == .blindRSA2048 && second.record.tokenType == .blindRSA2048)
        try authority.configure(settings(.voprfRistretto255))
        guard case .refused = await authority.handle(.rotateKey(capability: "session")) else { return }
        try authority.close()
    }

    /// As an authority of an earlier version may have them.
    @Test func ofTwoTypesThatBothGoOnNoneIsRotatedUnasked() async throws {
        _ = try await key(create(.voprfRistretto255, isDevelopment: true))
        let terms = try settings(.blindRSA2048)[0].terms
        let now = time.now().wall
        let second = try KeyRecord(
            capability: terms.capability, tokenType: terms.tokenType, publicKey: IssuerSecret(.blindRSA2048).publicKey,
            notBefore: now, issueUntil: now.adding(seconds: 1_000), acceptUntil: now.adding(seconds: 1_500))
        try authority.database.changeKeys([.terms(terms), .announced(second)])
        try authority.close()
        let again = try directories.authority(withKeys: false, time: time)
        let reply = await again.handle(.rotateKey(capability: "session"))
        guard case .refused(let message, let hint) = reply else { throw UnexpectedReply(reply: reply) }
        #expect(message.hasPrefix("session has keys of type 0x0002, which rotate: with others of type 0x0005 beside"))
        #expect(hint?.contains("portes key retire \(second.id.hexadecimal.prefix(16)), then this again") == true)
        try again.close()
    }

    private func settings(_ type: TokenType) throws -> [CapabilitySettings] {
        let session = try #require(Capability("session"))
        let terms = RotationTerms(
            capability: session, tokenType: type, epoch: 1_000, acceptance: 500, announcement: 10, isDevelopment: true)
        return try [CapabilitySettings(terms: #require(terms))]
    }

    private func create(_ type: TokenType?, isDevelopment: Bool = false) -> AdminRequest {
        .createKey(
            KeyParameters(
                capability: "session", tokenType: type?.rawValue, epoch: 1_000, acceptance: 500,
                isDevelopment: isDevelopment))
    }

    private func rotate() async throws -> KeySummary { try await key(.rotateKey(capability: "session")) }

    private func key(_ request: AdminRequest) async throws -> KeySummary {
        let reply = await authority.handle(request)
        guard case .key(let key) = reply else { throw UnexpectedReply(reply: reply) }
        return key
    }
}
