import ArgumentParser
import AuthorityServer
import KeySchedule

/// A command that sends one request to the authority: to the running server, or to its database where none runs.
protocol AdminCommand: AsyncParsableCommand {
    var options: AdminOptions { get }

    /// The request; throws what is wrong with the arguments.
    func request() throws -> AdminRequest

    /// Asks the user, where the request is hard to take back, once what it names was found; throws if the answer is no.
    func confirm(_ request: AdminRequest, through connection: AdminConnection) async throws

    /// Prints a reply that is not a refusal.
    func show(_ reply: AdminReply) throws
}

extension AdminCommand {
    /// Asks nothing.
    func confirm(_ request: AdminRequest, through connection: AdminConnection) async throws {}

    /// Sends the request and prints the reply.
    func run() async throws {
        let request = try request()
        do {
            try request.check(at: SystemTimeSource().now().wall)
        } catch {
            throw CommandFailure.usage(error.message, hint: error.hint ?? "run it with --help to see how it is used")
        }
        let connection = try AdminConnection(options)
        try await confirm(request, through: connection)
        try show(await connection.answer(to: request))
    }
}

extension AdminConnection {
    /// The reply to a request; throws a refusal.
    func answer(to request: AdminRequest) async throws -> AdminReply {
        let reply = try await perform(request)
        if case .refused(let message, let hint) = reply { throw CommandFailure(message, hint: hint) }
        return reply
    }

    /// The key with this id, in words.
    func key(_ id: String) async throws -> String {
        let reply = try await answer(to: .findKey(id: id))
        guard case .key(let key) = reply else { throw reply.unexpected }
        return "key \(key.id.prefix(16)) of \(key.record.capability), under which \(key.issued) tokens were issued"
    }
}

extension AdminReply {
    /// Warns of capabilities that no key issues: tokens of them can be neither fetched nor spent.
    static func warn(withoutKey capabilities: [String]) {
        for capability in capabilities {
            Output.warning(
                "no key of \(capability) issues, or will: nobody can fetch tokens of it",
                hint: "make one: portes key create --capability \(capability)")
        }
    }

    /// The failure for a reply of another kind than was asked for: the server is of another version.
    var unexpected: CommandFailure {
        CommandFailure("the authority gave another kind of answer", hint: "command and server must be of one version")
    }
}
