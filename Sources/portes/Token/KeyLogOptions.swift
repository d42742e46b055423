import ArgumentParser
import PortesClient

/// What a client trusts of an issuer's key log.
struct KeyLogOptions: ParsableArguments {
    @Option(
        help: """
            The key of the issuer's log, NAME+HEXID+BASE64 (default: the one that this wallet saw before; for an \
            issuer on this machine, the one that the log names).
            """)
    var logKey: String?
    @Option(name: .customLong("witness"), help: "The key of a witness of the log, NAME+HEXID+BASE64; repeatable.")
    var witness: [String] = []
    @Option(
        help: """
            How many of the witnesses must have cosigned the log within the last 24 h (default: 1 where a --witness is \
            named, else 0, which is enough only for an issuer on this machine: one in development).
            """)
    var witnesses: Int?
    @Flag(help: "Forget what this wallet saw of the issuer's log: for one that was begun anew.") var forgetLog = false

    /// The words as a policy.
    func policy() throws -> KeyLogPolicy {
        do {
            return try KeyLogPolicy(log: logKey, witnesses: witness, threshold: witnesses)
        } catch {
            throw CommandFailure(error, witnesses: witness)
        }
    }

    /// Forgets what was seen, if that is asked for.
    func prepare(_ wallet: Wallet, for issuer: IssuerClient) async throws {
        if forgetLog { try await wallet.forgetKeyLog(of: issuer.name) }
    }
}
