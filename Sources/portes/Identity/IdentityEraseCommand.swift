import ArgumentParser
import Identity
import PortesClient
import SignIn

/// `portes id erase`: forgotten.
struct IdentityEraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Erase the account at a service, or the identity on this device.",
        discussion: """
            With --service the service erases its account, and keeps nothing that tells there was one; the identity \
            stays. With --device the identity's file is overwritten and removed: without its recovery code nobody can \
            sign in with it again. An account at an issuer is closed with portes account close. What other devices and the services hold is not touched by that.

            EXAMPLE: portes id erase --identity me.portes --service https://radio.example
            """)

    @OptionGroup var options: IdentityOptions
    @OptionGroup var service: ServiceOptions
    @Flag(help: "Remove the identity from this device.") var device = false
    @Flag(help: "Do not ask.") var yes = false

    func validate() throws {
        guard (service.service != nil) != device else { throw ValidationError("give either --service or --device") }
    }

    func run() async throws {
        if let client = try service.client() { try await erase(at: client) } else { try removeFile() }
    }

    private func erase(at client: SignInClient) async throws {
        let file = try options.file()
        var kept = try options.read(file)
        if !yes { try Confirmation.ask("the account at \(client.audience) and all that is under it will be erased") }
        do { try await client.erase(&kept) } catch { throw CommandFailure(error) }
        try options.replace(file, with: kept)
        Output.note("erased the account at \(client.audience)")
    }

    private func removeFile() throws {
        let file = try options.file()
        let kept = try options.read(file)
        let places = kept.audiences.map(\.text)
        if !yes {
            let still = places.isEmpty ? "" : "; there may be accounts at \(places.joined(separator: ", "))"
            try Confirmation.ask(
                "the identity in \(options.identity) will be removed\(still)",
                afterwards: "only its recovery code brings it back")
        }
        do { try file.remove() } catch { throw CommandFailure(error, path: options.identity) }
        Output.note("removed \(options.identity)")
    }
}
