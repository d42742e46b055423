import ArgumentParser
import Foundation
import PrivacyPass

/// `portes token inspect`: what the fields of a message are.
struct TokenInspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Decode a message and name each field.",
        discussion: """
            Reads a challenge, token, token request or response, single or amortized batch, from a file or from \
            standard input, in hexadecimal, base64url or bytes. Also reads WWW-Authenticate and Authorization header \
            fields, alone or in what curl -i prints, and the JSON of an issuer directory. Nothing is verified.

            EXAMPLE: curl -si -X POST https://play.example/redeem | portes token inspect
            """)

    @Argument(help: "The file to read; standard input if it is absent or -.") var file: String = "-"
    @Flag(help: "Print the result as JSON.") var json = false

    func run() throws {
        let input = try BoundedInput.read(file, limit: 1024 * 1024)
        let messages = try InspectedMessage.read(input)
        if json {
            try Output.json(messages)
        } else {
            try Output.data(messages.map(\.text).joined(separator: "\n\n"))
        }
    }
}
