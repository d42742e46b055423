import ArgumentParser
import AuthorityServer

/// A command that sends one request to the authority: to the running server, or to its database where none runs.
protocol AdminCommand: AsyncParsableCommand {
    var options: AdminOptions { get }

    /// The request; throws what is wrong with the arguments.
    func request() throws -> AdminRequest

    /// Prints a reply that is not a refusal.
    func show(_ reply: AdminReply) throws
}

extension AdminCommand {
    /// Sends the request and prints the reply.
    func run() async throws {
        let reply = try await AdminConnection(options).perform(request())
        if case .refused(let message, let hint) = reply { throw CommandFailure(message, hint: hint) }
        try show(reply)
    }
}

extension AdminReply {
    /// The failure for a reply of another kind than was asked for: the server is of another version.
    var unexpected: CommandFailure {
        CommandFailure("the authority gave another kind of answer", hint: "command and server must be of one version")
    }
}
