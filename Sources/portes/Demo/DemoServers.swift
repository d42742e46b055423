import Foundation
import HTTPTransport

/// The demo's two servers, each a process of its own with a database of its own.
struct DemoServers {
    let authority: ChildProcess
    let clearing: ChildProcess
    let authorityURL: String
    let clearingURL: String
    /// Whose statements the authority takes, where the capability `age-18` is there.
    let ageParty: DemoAgeParty

    /// The names in challenges, which do not change with the ports.
    static let issuerName = "issuer.demo.example"
    static let originName = "play.demo.example"
    /// A capability whose keys rotate while the demo runs, every so many seconds.
    static let (ticket, ticketEpoch) = ("ticket", 8)
    /// Capabilities whose tokens are of the other types.
    static let (entry, badge) = ("entry", "badge")

    /// Makes a key and an identity, starts both servers, and makes them known to each other. There may be more
    /// capabilities than `session`: one whose keys last for seconds, and one of each other token type. Where a log
    /// level is given, what the servers write is kept beside their data.
    static func start(
        in place: DemoDirectory, withTickets: Bool = false, withOtherTypes: Bool = false,
        withAgeCheck: Bool = false, loggingAt level: String? = nil
    ) async throws -> DemoServers {
        let capabilities = ["session"] + (withTickets ? [ticket] : []) + (withOtherTypes ? [entry, badge] : [])
            + (withAgeCheck ? [DemoAgeParty.capability] : [])
        let ageParty = DemoAgeParty()
        _ = try await ChildProcess.run(["key", "create", "--capability", "session"] + place.adminFlags)
        if withOtherTypes {
            for (capability, type) in [(entry, "2"), (badge, "1")] {
                _ = try await ChildProcess.run(
                    ["key", "create", "--capability", capability, "--token-type", type] + place.adminFlags)
            }
        }
        if withAgeCheck {
            _ = try await ChildProcess.run(["key", "create", "--capability", DemoAgeParty.capability] + place.adminFlags)
        }
        let identity = try await ChildProcess.run(["clearing", "identity", "--data", place.clearingData])
            .trimmingCharacters(in: .whitespacesAndNewlines)
        _ = try await ChildProcess.run(
            ["verifier", "add", "demo", identity] + capabilities.flatMap { ["--capability", $0] } + place.adminFlags)
        let authority = try ChildProcess(
            ["authority", "run", "--listen", "127.0.0.1:0", "--name", issuerName] + place.adminFlags
                + (withAgeCheck ? ["--config", try configuration(ageParty, in: place)] : [])
                + (level.map { ["--log-level", $0] } ?? []),
            transcript: level == nil ? nil : place.transcript(of: "authority"))
        do {
            let authorityURL = try await authority.waitForLine("listening on ")
            if withTickets {
                // Not before the server is there to make the next one.
                _ = try await ChildProcess.run(
                    ["key", "create", "--capability", ticket, "--epoch", "\(ticketEpoch)s", "--acceptance", "12s"]
                        + ["--announcement", "2s"] + place.adminFlags)
            }
            let (clearing, clearingURL) = try await startClearing(
                in: place, authorityURL: authorityURL, capabilities: capabilities, loggingAt: level)
            return DemoServers(
                authority: authority, clearing: clearing, authorityURL: authorityURL, clearingURL: clearingURL,
                ageParty: ageParty)
        } catch {
            await authority.terminate()
            throw error
        }
    }

    /// Writes a configuration that takes a party's statements, and gives its path.
    private static func configuration(_ party: DemoAgeParty, in place: DemoDirectory) throws -> String {
        let keySet = try place.write(party.keySet, to: "age.jwks")
        return try place.write(party.configuration(keySetAt: keySet), to: "portes.yaml")
    }

    /// Starts a clearing server beside a running authority, on any port, and waits until it is ready.
    static func startClearing(
        in place: DemoDirectory, authorityURL: String, capabilities: [String] = ["session"], loggingAt level: String? = nil
    ) async throws -> (server: ChildProcess, url: String) {
        let key = try await ChildProcess.run(["authority", "show", "--key"] + place.adminFlags)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let clearing = try ChildProcess(
            [
                "clearing", "run", "--listen", "127.0.0.1:0", "--data", place.clearingData, "--issuer", authorityURL,
                "--authority-key", key, "--origin", originName,
            ] + capabilities.flatMap { ["--capability", $0] } + (level.map { ["--log-level", $0] } ?? []),
            transcript: level == nil ? nil : place.transcript(of: "clearing"))
        do {
            let url = try await clearing.waitForLine("listening on ")
            try await waitUntilReady(clearing, at: url)
            return (clearing, url)
        } catch {
            await clearing.terminate()
            throw error
        }
    }

    /// Waits until a clearing server has its keys and a current revocation list, for at most a minute.
    private static func waitUntilReady(_ server: ChildProcess, at url: String) async throws {
        let transport = try HTTPTransport()
        let deadline = ContinuousClock.now + .seconds(60)
        var isReady = false
        while !isReady, server.isRunning, !Task.isCancelled, ContinuousClock.now < deadline {
            let answer = try? await transport.send(HTTPTransportRequest(.get, .url(url + "/readyz")))
            isReady = answer?.status == 200
            if !isReady { try? await Task.sleep(for: .milliseconds(20)) }
        }
        await transport.shutdown()
        guard isReady else { throw CommandFailure("the clearing server did not become ready") }
    }

    /// Ends both.
    func stop() async {
        await clearing.terminate()
        await authority.terminate()
    }

    /// Three commands to try against the running servers, to be pasted into a shell line by line.
    func commands(in place: DemoDirectory) -> [String] {
        [
            "cd \(Shell.quoted(place.root.path))",
            "portes=\(Shell.quoted(ChildProcess.executable.path))",
            "\"$portes\" voucher create --capability session --tokens 100 --data authority > code.txt",
            """
            "$portes" token fetch --issuer \(authorityURL) --issuer-name \(Self.issuerName) --capability session \
            --count 100 --origin-name \(Self.originName) --voucher-file code.txt --wallet my.wallet
            """,
            "\"$portes\" token spend --wallet my.wallet --origin \(clearingURL) --origin-name \(Self.originName)",
        ]
    }

    /// Prints the commands.
    func printCommands(in place: DemoDirectory) throws {
        try Output.data("\nBoth servers are running. In another terminal try, one after the other:\n")
        for command in commands(in: place) { try Output.data("  \(command)") }
        try Output.data(
            """

            From an app, with the voucher of the first command:

              IssuerClient("\(authorityURL)", name: ServerName("\(Self.issuerName)"))
              OriginClient("\(clearingURL)", name: ServerName("\(Self.originName)"))
              Capability("session")
            """)
        try Output.data("\nPress Ctrl-C to stop them.")
    }
}

/// Words for a shell.
private enum Shell {
    /// A word as a shell reads it: quoted if it has more than letters, digits and the usual marks of a path.
    static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
        return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
