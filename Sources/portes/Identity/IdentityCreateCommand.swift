import ArgumentParser
import Identity

/// `portes id create`: a new secret.
struct IdentityCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a new identity, and print its recovery code.",
        discussion: """
            The code is printed once, on one line: write it down. With it everything can be had again on another \
            device; portes id show --code prints it again as long as this one is there.

            EXAMPLE: portes id create --identity me.portes
            """)

    @OptionGroup var options: IdentityOptions

    func run() async throws {
        try Output.check()
        let kept = KeptIdentity()
        try options.create(kept)
        try Output.data(RecoveryCode(kept.secret()).text)
        Output.note("made \(options.identity); the line above is its recovery code: write it down, and show it to nobody")
    }
}
