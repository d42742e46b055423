import ArgumentParser
import Foundation
import Identity
import PortesClient
import SignIn

/// `portes id sign-in`: let in, without a name.
struct IdentitySignInCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign-in",
        abstract: "Sign in at a service, and print what it answers.",
        discussion: """
            The service asks, this device signs, and the service knows a pseudonym that no other service knows. \
            Nothing is signed for a service of another name than --audience, or the URL's.

            EXAMPLE: portes id sign-in --identity me.portes --service https://radio.example
            """)

    @OptionGroup var options: IdentityOptions
    @OptionGroup var service: ServiceOptions

    func validate() throws {
        if service.service == nil { throw ValidationError("name the service with --service URL") }
    }

    func run() async throws {
        guard let client = try service.client() else { return }
        let file = try options.file()
        var kept = try options.read(file)
        let response: TransportResponse
        do { response = try await client.signIn(&kept) } catch { throw CommandFailure(error) }
        try options.replace(file, with: kept)
        Output.note("signed in at \(client.audience)")
        // What a service sends is shown as text alone: it must not steer the terminal.
        let text = String(decoding: response.body, as: UTF8.self).unicodeScalars.filter { scalar in
            scalar == "\n" || scalar.properties.generalCategory != .control
        }
        try Output.data(String(String.UnicodeScalarView(text)).trimmingCharacters(in: .newlines))
    }
}
