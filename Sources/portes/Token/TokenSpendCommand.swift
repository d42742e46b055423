import ArgumentParser
import Foundation
import PortesClient
import PortesClientHTTP
import PrivacyPass

/// `portes token spend`: one token at an origin.
struct TokenSpendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spend",
        abstract: "Spend one token of a wallet at an origin.",
        discussion: """
            Asks the origin what it wants, and sends one token that fits. If no answer came last time, that token is \
            sent again instead, to the same end: it counts once. The receipt goes to standard output.

            An origin may take only tokens that were made for a fresh challenge of its own, which no wallet has in \
            advance. With --issuer one is then fetched and spent at once; issuer and origin can then see by the time \
            that these belong together.

            EXAMPLE: portes token spend --wallet my.wallet --origin https://play.example > receipt.txt
            """)

    @Option(help: "The wallet file.") var wallet: String
    @Option(help: "The origin's URL.") var origin: String
    @Option(help: "The origin's name in challenges, where it is not the URL's host and port.") var originName: String?
    @Option(help: "The path that takes the token.") var path: String = OriginClient.redemptionPath
    @Option(help: "The capability to spend, where the origin takes several.") var capability: String?
    @Option(help: "The issuer's URL: asked what the origin's key is for, and for a token for a fresh challenge.")
    var issuer: String?
    @Option(help: "The issuer's name in challenges, where it is not the URL's host and port.") var issuerName: String?
    @Option(help: "The file with the voucher for a token to fetch; - for standard input.") var voucherFile: String?
    @Option(help: "A proxy for the connection to the issuer, as --proxy is for the one to the origin.")
    var issuerProxy: String?
    @OptionGroup var connection: ConnectionOptions
    @Flag(help: "Print the result as JSON.") var json = false

    func run() async throws {
        let name = try originName.map { try ClientArgument.serverName($0, flag: "--origin-name") }
        let origin = try OriginClient(origin, name: name, connection: connection.connection)
        let wallet = try ClientArgument.wallet(wallet)
        let result = try await spendOrResume(wallet, at: origin)
        let words = RedemptionWords(result.outcome)
        if result.outcome.isFinal, !result.isSettled {
            Output.note("the wallet file could not be written: the next spend sends this token again, and it counts once")
        }
        if json {
            try Output.json(
                Shown(outcome: words.name, receipt: words.receipt, unspent: await wallet.count))
        } else if let receipt = words.receipt {
            Output.note(words.text)
            Output.data(receipt)
        }
        if let failure = words.failure { throw failure }
    }

    /// A token that was sent before without an answer is what this spend is about, if it turns out good.
    private func spendOrResume(_ wallet: Wallet, at origin: OriginClient) async throws -> SpendResult {
        var resumed: SpendResult?
        for result in try await wallet.resume(at: origin, path: path) {
            Output.note("a token sent before, whose answer was not known: \(RedemptionWords(result.outcome).text)")
            if RedemptionWords(result.outcome).failure == nil { resumed = result }
        }
        if let resumed { return resumed }
        return try await spend(from: wallet, at: origin)
    }

    private func spend(from wallet: Wallet, at origin: OriginClient) async throws -> SpendResult {
        let wanted = try capability.map { try ClientArgument.capability($0) }
        let issuer = try issuerClient()
        let challenges = try await origin.challenges(path: path)
        do {
            let holding = try await wallet.holding(for: challenges, of: wanted, issuer: issuer)
            return try await wallet.spend(holding.capability, for: holding.challenge, at: origin, path: path)
        } catch WalletError.empty {
            let fresh = challenges.first { $0.challenge.redemptionContext != nil }
            if let issuer, let fresh {
                return try await fetchAndSpend(fresh, wanted, from: issuer, into: wallet, at: origin)
            }
            throw CommandFailure(
                "the wallet has no token for this origin",
                hint: fresh != nil
                    ? "it takes only tokens for a fresh challenge: name the issuer with --issuer"
                    : "fetch some with portes token fetch, with --origin and this origin's URL")
        }
    }

    /// One token for a challenge that could not be known before.
    private func fetchAndSpend(
        _ challenge: PrivateTokenChallenge, _ wanted: Capability?, from issuer: IssuerClient, into wallet: Wallet,
        at origin: OriginClient
    ) async throws -> SpendResult {
        let asked = try await issuer.capability(of: challenge)
        let capability = wanted ?? asked
        try await wallet.fetch(
            1, of: capability, for: challenge.challenge, from: issuer, voucher: ClientArgument.voucher(voucherFile))
        return try await wallet.spend(capability, for: challenge.challenge, at: origin, path: path)
    }

    private func issuerClient() throws -> IssuerClient? {
        guard let issuer else { return nil }
        let name = try issuerName.map { try ClientArgument.serverName($0, flag: "--issuer-name") }
        var connection = connection.connection
        connection.proxy = issuerProxy
        return try IssuerClient(issuer, name: name, connection: connection)
    }

    private struct Shown: Encodable {
        let outcome: String
        let receipt: String?
        let unspent: Int
    }
}
