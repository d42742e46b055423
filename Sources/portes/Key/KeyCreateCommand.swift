import ArgumentParser
import AuthorityServer
import KeySchedule

/// `portes key create`: the first key of a capability, or the successor of a retired one.
struct KeyCreateCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Publish the terms of a capability and make its first key, or announce the successor of a retired one.",
        discussion: """
            A key issues for one epoch; its tokens are accepted for a while longer. Each next key is made by the \
            authority itself: portes key plan says when. These terms are published, and kept. Everybody who fetches \
            tokens of one capability in one epoch is in the same crowd, so epochs are long and capabilities few.

            A capability has keys of one token type. To change it, set token-type in the configuration file; or retire \
            its last key, and create one with another --token-type.

            EXAMPLE: portes key create --capability session --epoch 7d --acceptance 7d
            """)

    @OptionGroup var key: KeyParameterOptions
    @Flag(help: "Do not ask, where a clearing server that held public keys alone gets a secret.") var yes = false
    @OptionGroup var options: AdminOptions

    func confirm(_ request: AdminRequest, through connection: AdminConnection) async throws {
        try await NewTrust.confirm(key.capability, tokenType: key.parameters.tokenType, yes: yes, through: connection)
    }

    func request() -> AdminRequest { .createKey(key.parameters) }

    func show(_ reply: AdminReply) throws { try KeyTable.show(reply, json: options.json) }
}
