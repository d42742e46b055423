import AuthorityServer

/// Clearing servers that hold public keys alone, and are about to get a secret.
///
/// Whoever has the secret of a key can make tokens with it. So an admin is told before a capability's next key gives it
/// to somebody who could only verify until then.
struct NewTrust {
    let verifiers: [String]
    let capability: String

    /// Warns, if there are any.
    func warn() {
        guard !verifiers.isEmpty else { return }
        Output.warning(
            "\(verifiers.joined(separator: ", ")) held public keys alone, and \(sentence)",
            hint: "where that is not meant, first portes verifier remove NAME, and add it again with --public-only")
    }

    private var sentence: String {
        "\(verifiers.count == 1 ? "gets" : "get") the secret of a key of \(capability), with which tokens can be made"
    }

    /// Warns of those that the next key of a capability gives a secret to, and asks.
    static func confirm(
        _ capability: String, tokenType: UInt16?, yes: Bool, through connection: AdminConnection
    ) async throws {
        // Where there is no authority yet, nobody is trusted.
        guard connection.hasAuthority else { return }
        let reply = try await connection.answer(to: .findNewlyTrusted(capability: capability, tokenType: tokenType))
        guard case .verifiers(let verifiers) = reply else { throw reply.unexpected }
        let trust = NewTrust(verifiers: verifiers.map(\.name), capability: capability)
        trust.warn()
        guard !verifiers.isEmpty, !yes else { return }
        try Confirmation.ask(
            "clearing server \(trust.verifiers.joined(separator: ", ")) \(trust.sentence)",
            afterwards: "what it has got it keeps, until the key is revoked")
    }
}
