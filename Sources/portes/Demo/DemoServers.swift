import Foundation

/// The demo's two servers, each a process of its own with a database of its own.
struct DemoServers {
    let authority: ChildProcess
    let clearing: ChildProcess
    let authorityURL: String
    let clearingURL: String

    /// The names in challenges, which do not change with the ports.
    static let issuerName = "issuer.demo.example"
    static let originName = "play.demo.example"

    /// Makes a key and an identity, starts both servers, and makes them known to each other.
    static func start(in place: DemoDirectory) async throws -> DemoServers {
        _ = try await ChildProcess.run(["key", "create", "--capability", "session"] + place.adminFlags)
        let identity = try await ChildProcess.run(["clearing", "identity", "--data", place.clearingData])
            .trimmingCharacters(in: .whitespacesAndNewlines)
        _ = try await ChildProcess.run(
            ["verifier", "add", "demo", identity, "--capability", "session"] + place.adminFlags)
        let authority = try ChildProcess(
            ["authority", "run", "--listen", "127.0.0.1:0", "--name", issuerName] + place.adminFlags)
        do {
            let authorityURL = try await authority.waitForLine("listening on ")
            let (clearing, clearingURL) = try await startClearing(in: place, authorityURL: authorityURL)
            return DemoServers(
                authority: authority, clearing: clearing, authorityURL: authorityURL, clearingURL: clearingURL)
        } catch {
            await authority.terminate()
            throw error
        }
    }

    /// Starts a clearing server beside a running authority, on any port, and waits until it listens.
    static func startClearing(
        in place: DemoDirectory, authorityURL: String
    ) async throws -> (server: ChildProcess, url: String) {
        let key = try await ChildProcess.run(["authority", "show", "--key"] + place.adminFlags)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let clearing = try ChildProcess([
            "clearing", "run", "--listen", "127.0.0.1:0", "--data", place.clearingData, "--issuer", authorityURL,
            "--authority-key", key, "--origin", originName, "--capability", "session",
        ])
        do {
            return (clearing, try await clearing.waitForLine("listening on "))
        } catch {
            await clearing.terminate()
            throw error
        }
    }

    /// Ends both.
    func stop() async {
        await clearing.terminate()
        await authority.terminate()
    }

    /// Three commands to try against the running servers.
    static func printCommands(_ servers: DemoServers, place: DemoDirectory) {
        let program = ChildProcess.executable.path
        let flags = place.adminFlags.joined(separator: " ")
        Output.data(
            """

            Both servers are running. In another terminal try, one after the other:

              \(program) voucher create --capability session --tokens 100 \(flags) > code.txt
              \(program) token fetch --issuer \(servers.authorityURL) --issuer-name \(issuerName) \
            --capability session --count 100 --origin-name \(originName) --voucher-file code.txt --wallet my.wallet
              \(program) token spend --wallet my.wallet --origin \(servers.clearingURL) --origin-name \(originName)

            Press Ctrl-C to stop them.
            """)
    }
}
