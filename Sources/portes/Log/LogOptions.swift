import ArgumentParser
import KeyTransparency
import PortesClient
import PortesClientHTTP

/// What both commands that read a log take.
struct LogOptions: ParsableArguments {
    @Argument(
        help: """
            The issuer's URL, the URL of an exported log with its path, or the directory of an exported log.
            """)
    var log: String
    @Option(
        help: """
            The log's key, NAME+HEXID+BASE64 (default: the one in --state; else the one that the log names itself, \
            which says nothing about whose log it is).
            """)
    var logKey: String?
    @Option(name: .customLong("witness"), help: "The key of a witness, NAME+HEXID+BASE64; repeatable.")
    var witness: [String] = []
    @Option(
        help: """
            How many of the witnesses must have cosigned within the last 24 h (default: 1 where a --witness is named, \
            else 0).
            """)
    var witnesses: Int?
    @Option(
        help: """
            A file for the last checkpoint that was seen, made if it is absent: with it a later run notices a log that \
            was shortened or replaced.
            """)
    var state: String?
    @OptionGroup var connection: ConnectionOptions

    /// A monitor that has seen nothing but what the state file holds.
    func monitor() throws -> LogMonitor {
        let trusted = try trusted()
        return LogMonitor(
            source: try source(), log: trusted.log, witnesses: trusted.witnesses, store: try store())
    }

    private func trusted() throws -> (log: NoteVerificationKey?, witnesses: WitnessPolicy) {
        do {
            let policy = try KeyLogPolicy(log: logKey, witnesses: witness, threshold: witnesses)
            return (policy.log, policy.witnesses)
        } catch {
            throw CommandFailure(error, witnesses: witness)
        }
    }

    private func source() throws -> KeyLogSource {
        if let directory = LogDirectory(log) { return KeyLogSource(prefix: "", transport: directory) }
        do {
            let transport = try HTTPTokenTransport(connection.connection(proxy: connection.proxy, flag: "--proxy"))
            return try KeyLogSource(url: log, transport: transport)
        } catch let error as ServerURL.URLError {
            let problem = error == .notEncrypted ? "https is needed" : "it is neither a URL nor a directory"
            throw CommandFailure.usage(
                "'\(log)' is not where a log can be: \(problem)",
                hint: "give https://HOST, http://127.0.0.1:PORT on this machine, or a directory")
        }
    }

    private func store() throws -> KeyLogFile? {
        guard let state else { return nil }
        do throws(WalletError) {
            return try KeyLogFile(path: state)
        } catch .inUse {
            throw CommandFailure("another process uses \(state)", hint: "wait until it is done, or name another file")
        } catch {
            throw CommandFailure("\(state) cannot be used", hint: "check --state, its directory and their permissions")
        }
    }
}
