import AuthorityServer
import KeySchedule
import Testing

struct RetirementTests {
    let directories: AuthorityDirectories

    init() throws { directories = try AuthorityDirectories() }

    @Test func aKeyWithASuccessorIsNotRetiredAndTheSuccessorIsNamed() async throws {
        let authority = try directories.authority()
        func key(_ request: AdminRequest) async throws -> KeySummary {
            let reply = await authority.handle(request)
            guard case .key(let key) = reply else { throw UnexpectedReply(reply: reply) }
            return key
        }
        let start = TestTime().now().wall
        let (first, next) = try await (
            key(.createKey(KeyParameters(
                capability: "session", notBefore: start, epoch: 100, acceptance: 50, isDevelopment: true))),
            key(.createKey(KeyParameters(
                capability: "session", notBefore: start.adding(seconds: 100), epoch: 100, acceptance: 50,
                isDevelopment: true)))
        )
        let reply = await authority.handle(.retireKey(id: first.id))
        guard case .refused(let message, let hint) = reply else { throw UnexpectedReply(reply: reply) }
        #expect(message.contains("has a successor already: \(next.id.prefix(16))"))
        #expect(hint == "retire that one: portes key retire \(next.id.prefix(16))")
        #expect(try await key(.retireKey(id: next.id)).id == next.id)
    }
}
