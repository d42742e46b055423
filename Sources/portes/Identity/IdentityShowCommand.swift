import ArgumentParser
import Identity
import SignIn

/// `portes id show`: what is known of an identity on this device.
struct IdentityShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show where an identity was used from this device, or its recovery code.",
        discussion: """
            Lists the services at which a sign-in was made, and which of them have yet to be told of a changed secret. \
            With --code it prints the recovery code instead, which is as good as the identity.

            EXAMPLE: portes id show --identity me.portes
            """)

    @OptionGroup var options: IdentityOptions
    @Flag(help: "Print the recovery code.") var code = false
    @Flag(help: "Print the result as JSON.") var json = false

    private struct Shown: Encodable {
        let changes: Int
        let services: [Service]

        struct Service: Encodable {
            let audience: String
            let isTold: Bool

            enum CodingKeys: String, CodingKey {
                case audience
                case isTold = "told-of-the-newest-secret"
            }
        }
    }

    func validate() throws {
        if code, json { throw ValidationError("--code prints one line: leave out --json") }
    }

    func run() async throws {
        let kept = try options.read(options.file())
        if code { return try Output.data(RecoveryCode(kept.secret()).text) }
        let untold = Set(kept.untoldAudiences)
        let services = kept.audiences.map { Shown.Service(audience: $0.text, isTold: !untold.contains($0)) }
        if json { return try Output.json(Shown(changes: kept.changeCount, services: services)) }
        if services.isEmpty {
            Output.note("not used at any service yet; sign in with portes id sign-in")
        } else {
            try Table(
                ["SERVICE", "KNOWS"],
                services.map { [$0.audience, $0.isTold ? "the newest secret" : "an earlier secret"] }
            ).print()
        }
        if !untold.isEmpty {
            Output.note("sign in there once, or the code alone will not bring back what is under the earlier secret")
        }
    }
}
