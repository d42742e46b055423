import ArgumentParser
import AuthorityServer
import Foundation
import LibSodium
import PrivacyPass
import Revocation

/// `portes token revoke`: one token, published as revoked.
struct TokenRevokeCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Publish one token as revoked.",
        discussion: """
            Reads the token from a file or from standard input, in hexadecimal or base64url. Only its nullifier is \
            published, from which nobody can make the token.

            EXAMPLE: portes token revoke --token-file lost.txt
            """)

    @Option(help: "The file with the token; - for standard input.") var tokenFile: String
    @Flag(help: "Do not ask.") var yes = false
    @OptionGroup var options: AdminOptions

    func confirm(_ request: AdminRequest, through connection: AdminConnection) async throws {
        guard !yes, case .revokeToken(_, let keyID, _) = request else { return }
        try Confirmation.ask("one token of \(await connection.key(keyID)), is accepted no more")
    }

    func request() throws -> AdminRequest {
        let text = try BoundedInput.readText(tokenFile, limit: 8 * 1024)
        guard let bytes = Hexadecimal.decode(text) ?? Base64URL.decode(text), let token = try? Token(decoding: bytes) else {
            throw CommandFailure("\(tokenFile) holds no token", hint: "give one token in hexadecimal or base64url")
        }
        return .revokeToken(
            nullifier: Hexadecimal.encode(Nullifier(of: token.input).bytes),
            keyID: Hexadecimal.encode(token.input.keyID.bytes.bytes), reason: RevocationReason.surrendered.name)
    }

    func show(_ reply: AdminReply) throws { try RevocationTable.show(reply, json: options.json) }
}
