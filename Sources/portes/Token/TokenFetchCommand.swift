import ArgumentParser
import Foundation
import PortesClient
import PortesClientHTTP
import PrivacyPass

/// `portes token fetch`: anonymous tokens into a wallet.
struct TokenFetchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Fetch anonymous tokens into a wallet.",
        discussion: """
            The tokens are for one origin, or with --any-origin for every origin that accepts such tokens. If a fetch \
            is cut off, the next one sends the same request again and is charged once.

            EXAMPLE: portes token fetch --issuer https://issuer.example --capability session --count 100 \
            --origin https://play.example --voucher-file code.txt --wallet my.wallet
            """)

    @Option(help: "The issuer's URL.") var issuer: String
    @Option(help: "The issuer's name in challenges, where it is not the URL's host and port.") var issuerName: String?
    @Option(help: "The capability.") var capability: String
    @Option(help: "How many tokens.") var count: Int = 100
    @Option(help: "The URL of the origin at which they will be spent.") var origin: String?
    @Option(help: "The origin's name in challenges, where it is not the URL's host and port.") var originName: String?
    @Flag(help: "Make the tokens good at any origin of the issuer.") var anyOrigin = false
    @Option(help: "The file with the voucher; - for standard input. Needless with a development issuer.")
    var voucherFile: String?
    @Option(help: "The wallet file; made if it is absent.") var wallet: String
    @OptionGroup var connection: ConnectionOptions
    @Flag(help: "Print the result as JSON.") var json = false

    func validate() throws {
        guard (1...100_000).contains(count) else { throw ValidationError("--count takes a number from 1 to 100000") }
        guard (origin != nil || originName != nil) != anyOrigin else {
            throw ValidationError("give either --origin or --any-origin")
        }
    }

    func run() async throws {
        let capability = try ClientArgument.capability(capability)
        let name = try issuerName.map { try ClientArgument.serverName($0, flag: "--issuer-name") }
        let issuer = try IssuerClient(issuer, name: name, connection: connection.connection)
        let challenge = try TokenChallenge(
            tokenType: .voprfRistretto255, issuerName: issuer.name, originNames: originNames())
        let wallet = try ClientArgument.wallet(wallet)
        let voucher = try ClientArgument.voucher(voucherFile)
        let before = await wallet.count
        let result: FetchResult
        do {
            result = try await wallet.fetch(count, of: capability, for: challenge, from: issuer, voucher: voucher)
        } catch {
            let arrived = await wallet.count - before
            if arrived > 0 { Output.note("\(tokens(arrived)) came before that failed, and are in the wallet") }
            throw error
        }
        try show(result, capability, unspent: await wallet.count)
    }

    private func show(_ result: FetchResult, _ capability: Capability, unspent: Int) throws {
        let fetched = result.requested + result.resumed
        if json {
            try Output.json([
                "fetched": fetched, "fromEarlierRequests": result.resumed, "ofOtherKinds": result.others,
                "unspent": unspent,
            ])
            return
        }
        let earlier = result.resumed == 0 ? "" : ", \(result.resumed) of them asked for by an earlier fetch"
        try Output.data("fetched \(tokens(fetched)) of \(capability)\(earlier); the wallet has \(unspent)")
        guard result.others > 0 else { return }
        Output.note("\(tokens(result.others)) of another kind came too, asked for by an earlier fetch")
    }

    private func tokens(_ count: Int) -> String { count == 1 ? "1 token" : "\(count) tokens" }

    private func originNames() throws -> [ServerName] {
        if anyOrigin { return [] }
        if let originName { return [try ClientArgument.serverName(originName, flag: "--origin-name")] }
        return [try ClientArgument.origin(origin ?? "")]
    }
}

extension Wallet {
    /// How many unspent tokens there are.
    var count: Int { holdings.reduce(0) { $0 + $1.count } }
}
