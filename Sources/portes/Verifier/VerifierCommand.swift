import ArgumentParser
import AuthorityServer

/// `portes verifier`: the clearing servers that get keys.
struct VerifierCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verifier",
        abstract: "Decide which clearing servers get which keys.",
        discussion: """
            The secret with which a verifier checks tokens of types 0x0005 and 0x0001 can also mint them: trust only \
            servers under the same responsibility with it, and others with --public-only.

            WHEN TO USE WHICH                       COMMAND      THE SERVER
              its capabilities change, or it moves  remove NAME  goes on with the keys it has
              it must stop                          revoke NAME  stops within 5 s, for good
            """,
        subcommands: [
            VerifierAddCommand.self, VerifierListCommand.self, VerifierRemoveCommand.self, VerifierRevokeCommand.self,
        ])
}

/// Verifiers as a table.
enum VerifierTable {
    /// Prints the verifier or the verifiers of a reply.
    static func show(_ reply: AdminReply, json: Bool) throws {
        switch reply {
        case .verifier(let verifier, let withoutKey, let withoutSecret):
            if json { try Output.json(verifier) } else { try table([verifier]).print() }
            AdminReply.warn(withoutKey: withoutKey)
            for capability in withoutSecret {
                Output.warning(
                    "\(verifier.name) gets public keys alone, and nothing of the keys of \(capability) that take a secret: "
                        + "it verifies no token of them",
                    hint: "tokens of type 0x0002 take none: give \(capability) that type, or trust another server")
            }
        case .verifiers(let verifiers):
            if json {
                try Output.json(verifiers)
            } else if verifiers.isEmpty {
                Output.note(
                    "no verifier is trusted; add one with: portes verifier add NAME PUBLICKEY --capability session")
            } else {
                try table(verifiers).print()
            }
        default: throw reply.unexpected
        }
    }

    private static func table(_ verifiers: [VerifierSummary]) -> Table {
        Table(
            ["NAME", "CAPABILITIES", "KEYS", "PUBLIC KEY", "ID"],
            verifiers.map {
                let keys = $0.isPublicOnly ? "public only" : "all"
                return [$0.name, $0.capabilities.joined(separator: ","), keys, $0.publicKey, $0.id]
            })
    }
}
