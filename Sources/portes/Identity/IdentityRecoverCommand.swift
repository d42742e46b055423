import ArgumentParser
import Identity

/// `portes id recover`: an identity from its code.
struct IdentityRecoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Make an identity's file on this device from its recovery code.",
        discussion: """
            Case and hyphens do not matter, and any one typing error is found: the group in which it is will be named.

            EXAMPLE: portes id recover --identity me.portes --code-file code.txt
            """)

    @OptionGroup var options: IdentityOptions
    @Option(help: "The file with the code; - for standard input.") var codeFile: String

    func run() async throws {
        let text = try BoundedInput.readText(codeFile, limit: 4_096)
        let code: RecoveryCode
        do { code = try RecoveryCode(text: text) } catch { throw CommandFailure(error) }
        try options.create(KeptIdentity(code.identity()))
        Output.note("made \(options.identity): the services know you by it as before")
    }
}
