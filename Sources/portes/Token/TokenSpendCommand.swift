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

            Tokens whose key the origin says is revoked, over or unknown are set aside for this origin, and one of the \
            next key is sent; at most \(Wallet.maximumTries) in one command.

            An origin may take only tokens that were made for a fresh challenge of its own, which no wallet has in \
            advance. With --issuer one is then fetched and spent at once; issuer and origin can then see by the time \
            that these belong together.

            EXAMPLE: portes token spend --wallet my.wallet --origin https://play.example > receipt.txt
            """)

    @Option(help: "The wallet file; made if it is absent and --issuer is given.") var wallet: String
    @Option(help: "The origin's URL.") var origin: String
    @Option(help: "The origin's name in challenges, where it is not the URL's host and port.") var originName: String?
    @Option(help: "The path that takes the token.") var path: String = OriginClient.redemptionPath
    @Option(help: "The capability to spend, where the origin takes several.") var capability: String?
    @Flag(help: "Also use tokens that were set aside because this origin refused their key.")
    var includeSetAside = false
    @Option(help: "The issuer's URL: asked what the origin's key is for, and for a token for a fresh challenge.")
    var issuer: String?
    @Option(help: "The issuer's name in challenges, where it is not the URL's host and port.") var issuerName: String?
    @Option(help: "The file with the voucher for a token to fetch; - for standard input.") var voucherFile: String?
    @Option(help: "A proxy for the connection to the issuer, as --proxy is for the one to the origin.")
    var issuerProxy: String?
    @OptionGroup var connection: ConnectionOptions
    @Flag(help: "Print the result as JSON.") var json = false

    func run() async throws {
        try Output.check()
        let name = try originName.map { try ClientArgument.serverName($0, flag: "--origin-name") }
        let origin = try OriginClient(origin, name: name, connection: connection.connection)
        // A token for a fresh challenge may be the first.
        let wallet = try issuer == nil ? ClientArgument.existingWallet(wallet) : ClientArgument.wallet(wallet)
        if includeSetAside { try await wallet.readmit(at: origin.name) }
        var report = SpendReport()
        var result = try await resume(wallet, at: origin, into: &report)
        if result == nil {
            let spent = try await spend(from: wallet, at: origin)
            report.add(spent)
            result = spent
        }
        try await report.show(json: json, unspent: wallet.count)
        if let failure = result.flatMap({ RedemptionWords($0.outcome).failure }) { throw failure }
    }

    /// Sends the tokens again that were sent before without an answer; one that turns out good is what this spend is
    /// about.
    private func resume(
        _ wallet: Wallet, at origin: OriginClient, into report: inout SpendReport
    ) async throws -> SpendResult? {
        var good: SpendResult?
        var unanswered: RedemptionError?
        for resumption in await wallet.resume(at: origin, path: path) {
            switch resumption.result {
            case .success(let result):
                Output.note("a token sent before, whose answer was not known: \(RedemptionWords(result.outcome).text)")
                report.add(result)
                if RedemptionWords(result.outcome).failure == nil { good = result }
            case .failure(let error): unanswered = error
            }
        }
        // Another token would be spent beside one that may have been spent already.
        if good == nil, let unanswered { throw unanswered }
        return good
    }

    private func spend(from wallet: Wallet, at origin: OriginClient) async throws -> SpendResult {
        let wanted = try capability.map { try ClientArgument.capability($0) }
        let issuer = try issuerClient()
        let challenges = try await origin.challenges(path: path)
        do {
            let holding = try await wallet.holding(for: challenges, at: origin.name, of: wanted, issuer: issuer)
            return try await wallet.spend(holding.capability, for: holding.challenge, at: origin, path: path)
        } catch WalletError.empty {
            let fresh = challenges.first { $0.challenge.redemptionContext != nil }
            if let issuer, let fresh {
                return try await fetchAndSpend(fresh, wanted, from: issuer, into: wallet, at: origin)
            }
            await explain(wallet, challenges: challenges, at: origin.name)
            throw CommandFailure(
                "the wallet has no token for this origin",
                hint: fresh != nil
                    ? "it takes only tokens for a fresh challenge: name the issuer with --issuer"
                    : "fetch some with portes token fetch, with --origin and this origin's URL")
        }
    }

    /// Says what the origin asks for, and what the wallet has instead.
    private func explain(_ wallet: Wallet, challenges: [PrivateTokenChallenge], at origin: ServerName) async {
        for offer in challenges {
            let challenge = offer.challenge
            let keyID = offer.tokenKey.flatMap { TokenKeyID(publicKey: $0, tokenType: challenge.tokenType) }
            let names = challenge.originNames.map(\.text).joined(separator: ",").prefix(260)
            Output.note(
                "the origin \(origin.text) asks for a token of the issuer \(challenge.issuerName.text.prefix(260))"
                    + " for \(names.isEmpty ? "any origin" : names)" + (capability.map { ", capability \($0)" } ?? "")
                    + (keyID.map { ", key \($0.hexadecimal.prefix(16)) or an older one" } ?? ""))
        }
        let list = await WalletList(wallet)
        Output.note(list.isEmpty ? "the wallet is empty" : "the wallet has:")
        if !list.isEmpty { for line in list.table.lines { Output.note("  " + line) } }
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
}
