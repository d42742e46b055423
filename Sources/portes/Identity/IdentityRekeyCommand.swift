import ArgumentParser
import Identity
import SignIn

/// `portes id rekey`: another secret.
struct IdentityRekeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rekey",
        abstract: "Change to a new secret, and print its recovery code.",
        discussion: """
            For when somebody else may have the file or the code. Each service is told at the next sign-in there, and \
            from then on lets nobody in with the old secret; whoever tells it first has the account. The new code \
            alone brings nothing back at a service that was not told yet.

            EXAMPLE: portes id rekey --identity me.portes
            """)

    @OptionGroup var options: IdentityOptions

    func run() async throws {
        try Output.check()
        let file = try options.file()
        let kept: KeptIdentity
        do { kept = try options.read(file).rekeyed() } catch let error as KeptIdentityError {
            throw CommandFailure(error, path: options.identity)
        }
        // Before it counts: a code that nobody has read must not be the only one.
        try Output.data(RecoveryCode(kept.secret()).text)
        try options.replace(file, with: kept)
        Output.note("the line above is the new recovery code: write it down; the old one is of no use any more")
        let untold = kept.untoldAudiences
        if !untold.isEmpty {
            Output.note("now sign in once at: \(untold.map(\.text).joined(separator: ", "))")
        }
    }
}
