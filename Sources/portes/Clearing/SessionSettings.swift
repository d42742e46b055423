import PrivacyPass

/// What `portes clearing run` was told of sessions.
struct SessionSettings {
    let capabilities: [String]
    let life: String?
    let servers: [String]

    init(capabilities: [String] = [], life: String? = nil, servers: [String] = []) {
        self.capabilities = capabilities
        self.life = life
        self.servers = servers
    }

    /// The capabilities whose tokens open sessions: the flag's, or the file's, or `session` where the server takes its
    /// tokens. `taken` are those that it takes, `nil` for all that keys arrive of.
    func accepted(_ file: ConfigurationFile.SessionSection?, of taken: Set<Capability>?) throws -> Set<Capability> {
        let said = capabilities.isEmpty ? file?.capabilities : capabilities
        if said == ["none"] { return [] }
        let asked = Set(try (said ?? ["session"]).map { try ClientArgument.capability($0) })
        guard let taken else { return asked }
        if said == nil { return asked.intersection(taken) }
        if let other = asked.subtracting(taken).sorted().first {
            throw CommandFailure.usage(
                "sessions cannot be opened with tokens of \(other), which this server does not take",
                hint: "add it to the capabilities, or name one of \(taken.sorted().map(\.name).joined(separator: ", "))")
        }
        return asked
    }

    /// For how many seconds a session counts.
    func seconds(_ file: ConfigurationFile.SessionSection?) throws -> Int64 {
        guard let text = Setting.value(life, variable: "PORTES_SESSION_LIFE", file: file?.life) else { return 3_600 }
        guard let span = TimeSpan(text), (60...86_400).contains(span.seconds) else {
            throw CommandFailure.usage(
                "--session-life does not take '\(text)'",
                hint: "write a number with s, m, h or d, from 1m to 1d, for example --session-life 30m")
        }
        return span.seconds
    }

    /// The names at which clients reach the server besides the origin's.
    func names(_ file: ConfigurationFile.SessionSection?) throws -> [ServerName] {
        try (servers.isEmpty ? file?.servers ?? [] : servers).map {
            try ClientArgument.serverName($0, flag: "--session-server")
        }
    }
}
