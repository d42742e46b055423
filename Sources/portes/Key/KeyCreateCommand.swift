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

            EXAMPLE: portes key create --capability session --epoch 7d --acceptance 7d
            """)

    @Option(help: "The capability, for example session: lower-case letters, digits and hyphens.") var capability: String
    @Option(help: "For how long the key issues, a number with s, m, h or d, up to 10 years.")
    var epoch = TimeSpan(seconds: 7 * 86_400)
    @Option(help: "For how long after that its tokens are accepted, a number with s, m, h or d, up to 10 years.")
    var acceptance = TimeSpan(seconds: 7 * 86_400)
    @Option(
        help: """
            How long before its first use each next key is announced; default: a day, or a quarter of a short epoch.
            """)
    var announcement: TimeSpan?
    @Flag(
        help: """
            For trying things out: promise nothing, so that portes key rotate works at any time. Clients elsewhere \
            refuse such keys, for good.
            """)
    var development = false
    @Option(help: "When issuing begins, in UNIX seconds; default: at once, or when a retired key stops issuing.")
    var notBefore: Int64?
    @OptionGroup var options: AdminOptions

    func request() -> AdminRequest {
        .createKey(
            KeyParameters(
                capability: capability, notBefore: notBefore.map { UnixTime(seconds: $0) }, epoch: epoch.seconds,
                acceptance: acceptance.seconds, announcement: announcement?.seconds, isDevelopment: development))
    }

    func show(_ reply: AdminReply) throws { try KeyTable.show(reply, json: options.json) }
}
