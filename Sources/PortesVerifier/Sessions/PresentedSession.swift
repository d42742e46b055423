internal import Sessions

/// What a request brings that should let it in with a session: the values of its `Authorization` and `DPoP` fields, and
/// what it asks for.
public struct PresentedSession: Sendable {
    let text: String
    let proof: String?
    /// Whether it is shown as one that is bound to a key.
    let isBound: Bool
    let method: String
    let path: String
    let servers: [String]

    /// Reads the fields: `Authorization: Bearer` (RFC 6750), or `Authorization: DPoP` with a proof in `DPoP`
    /// (RFC 9449, section 7.1). `nil` where there is no session in them: no such field, or more than one.
    ///
    /// `path` is the request's, with or without its query; `servers` are the names, host and port, at which the client
    /// may have called this server.
    public init?(
        authorization values: [String], proofs: [String], method: String, path: String, servers: [String]
    ) {
        guard values.count == 1, let value = values.first, value.utf8.count <= SessionClaims.maximumCount + 16,
            let space = value.firstIndex(of: " ")
        else { return nil }
        let scheme = value[..<space].lowercased()
        isBound = scheme == "dpop" || !proofs.isEmpty
        text = String(value[space...].drop { $0 == " " })
        switch (scheme, proofs.count) {
        case ("bearer", 0): proof = nil
        case ("dpop", 1): proof = proofs[0]
        // What does not go together is named by the check: a bound session without its proof in the field for it.
        case ("dpop", 0), ("bearer", 1): proof = nil
        default: return nil
        }
        self.method = method
        self.path = path
        self.servers = servers
    }
}

extension PresentedSession: CustomStringConvertible, CustomReflectable {
    /// Says only that this is a session that was presented.
    public var description: String { "PresentedSession" }
    /// Shows no part of it.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
