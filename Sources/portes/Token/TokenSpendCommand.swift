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
            sent again instead, to the same end: it counts once. The receipt goes to standard output; there is none \
            with --path /verify, which answers 204.

            Tokens whose key the origin says is revoked, over or unknown are set aside for this origin, and one of the \
            next key is sent; at most \(Wallet.maximumTries) in one command.

            An origin may take only tokens that were made for a fresh challenge of its own, which no wallet has in \
            advance. With --issuer one is then fetched and spent at once; issuer and origin can then see by the time \
            that these belong together.

            EXAMPLE: portes token spend --wallet my.wallet --origin https://play.example > receipt.txt
            """)

    @OptionGroup var wallet: WalletOptions
    @Option(help: "The origin's URL.") var origin: String
    @Option(help: "The origin's name in challenges, where it is not the URL's host and port.") var originName: String?
    @Option(help: "The path that takes the token: /redeem gives a receipt, /verify none.")
    var path: String = OriginClient.redemptionPath
    @Option(help: "The method of an app's own route: GET, POST or DELETE.") var method = RouteMethod.post
    @Option(help: "The capability to spend, where the origin takes several.") var capability: String?
    @Flag(help: "Also use tokens that were set aside because this origin refused their key.")
    var includeSetAside = false
    @Option(help: "The issuer's URL: asked what the origin's key is for, and for a token for a fresh challenge.")
    var issuer: String?
    @Option(help: "The issuer's name in challenges, where it is not the URL's host and port.") var issuerName: String?
    @Option(help: "The file with the voucher for a token to fetch; - for standard input.") var voucherFile: String?
    @Option(help: "A proxy for the connection to the issuer, as --proxy is for the one to the origin.")
    var issuerProxy: String?
    @OptionGroup var log: KeyLogOptions
    @OptionGroup var connection: ConnectionOptions
    @Flag(help: "Print the result as JSON.") var json = false

    func run() async throws {
        try Output.check()
        let origin = try connection.origin(origin, name: originName)
        // A token for a fresh challenge may be the first.
        let wallet = try issuer == nil ? wallet.openExisting() : wallet.open()
        if includeSetAside { try await wallet.readmit(at: origin.name) }
        var report = SpendReport()
        var result = try await resume(wallet, at: origin, into: &report)
        if result == nil {
            let spent = try await spend(from: wallet, at: origin)
            report.add(spent)
            result = spent
        }
        let usable = await wallet.usableCount(at: origin.name)
        try await report.show(json: json, unspent: usable, setAside: wallet.count - usable)
        if let failure = result.flatMap({ RedemptionWords($0.outcome).failure }) { throw failure }
    }

    /// Sends the tokens again that were sent before without an answer; one that turns out good is what this spend is
    /// about.
    private func resume(
        _ wallet: Wallet, at origin: OriginClient, into report: inout SpendReport
    ) async throws -> SpendResult? {
        var good: SpendResult?
        var unanswered: RedemptionError?
        for resumption in await wallet.resume(at: origin, path: path, method: method.method) {
            switch resumption.result {
            case .success(let result):
                report.addResumed(result)
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
        if let issuer { try await log.prepare(wallet, for: issuer) }
        let challenges = try await origin.challenges(path: path, method: method.method)
        do {
            let holding = try await holding(in: wallet, for: challenges, at: origin.name, wanted, issuer)
            return try await wallet.spend(like: holding, at: origin, path: path, method: method.method)
        } catch WalletError.empty {
            let isFresh = challenges.contains { $0.challenge.redemptionContext != nil }
            if let issuer, isFresh, let fresh = try await fresh(among: challenges, wanted, from: issuer, into: wallet) {
                return try await fetchAndSpend(fresh, wanted, from: issuer, into: wallet, at: origin)
            }
            await explain(wallet, challenges: challenges, at: origin.name)
            let kind = wanted.map { "token of \($0)" } ?? "token"
            throw CommandFailure(
                "the wallet has no \(kind) for this origin",
                hint: await hint(wallet, challenges.map(\.challenge), at: origin.name, wanted))
        }
    }

    /// What to fetch a token for, of what could not be known before: for the capability that is wanted, or for the only
    /// one.
    private func fresh(
        among challenges: [PrivateTokenChallenge], _ wanted: Capability?, from issuer: IssuerClient, into wallet: Wallet
    ) async throws -> PrivateTokenChallenge? {
        var offers: [(capability: Capability?, challenge: PrivateTokenChallenge)] = []
        for challenge in challenges where challenge.challenge.redemptionContext != nil {
            // An offer of a key that does not issue any more is none.
            guard let capability = try? await wallet.capability(of: challenge, from: issuer) else { continue }
            offers.append((capability, challenge))
        }
        // Where the issuer cannot be asked, or says nothing of any: as it comes, and the fetch says why.
        guard !offers.isEmpty else { return challenges.first { $0.challenge.redemptionContext != nil } }
        if let wanted { return offers.first { $0.capability == wanted }?.challenge }
        guard Set(offers.map(\.capability)).count == 1 else {
            throw CommandFailure(
                "the origin takes tokens of several capabilities: "
                    + Set(offers.compactMap(\.capability)).sorted().map(\.name).joined(separator: ", "),
                hint: "name one with --capability")
        }
        return offers.first?.challenge
    }

    private func holding(
        in wallet: Wallet, for challenges: [PrivateTokenChallenge], at origin: ServerName, _ wanted: Capability?,
        _ issuer: IssuerClient?
    ) async throws -> Wallet.Holding {
        guard let wanted else { return try await wallet.holding(for: challenges, at: origin, issuer: issuer) }
        return try await wallet.holding(for: challenges, at: origin, of: wanted, issuer: issuer)
    }

    /// What helps where no token fits.
    private func hint(
        _ wallet: Wallet, _ challenges: [TokenChallenge], at origin: ServerName, _ wanted: Capability?
    ) async -> String {
        if challenges.contains(where: { $0.redemptionContext != nil }) {
            return "it takes only tokens for a fresh challenge: name the issuer with --issuer"
        }
        let fitting = await wallet.holdings.filter { challenges.contains($0.challenge) }
        let others = Set(fitting.filter { $0.isUsable(at: origin) }.compactMap(\.capability)).sorted()
        if let wanted, !others.isEmpty {
            return "it has some of \(others.map(\.name).joined(separator: ", ")): check --capability, or fetch some of \(wanted)"
        }
        let flag = challenges.first.flatMap { OriginWords($0).flag } ?? "--origin and this origin's URL"
        let isSetAside = fitting.contains { wanted == nil || $0.capability == wanted }
        return (isSetAside ? "its tokens are set aside: fetch new ones" : "fetch some") + " with portes token fetch \(flag)"
    }

    /// Says what the origin asks for, and what the wallet has instead.
    private func explain(_ wallet: Wallet, challenges: [PrivateTokenChallenge], at origin: ServerName) async {
        for offer in challenges {
            let challenge = offer.challenge
            let keyID = offer.tokenKey.flatMap { TokenKeyID(publicKey: $0, tokenType: challenge.tokenType) }
            Output.note(
                "the origin \(origin.text) asks for a token of \(OriginWords(challenge).tokens), type \(challenge.tokenType)"
                    + (keyID.map { ", key \($0.hexadecimal.prefix(16)) or an older one" } ?? ""))
        }
        let list = await WalletList(wallet)
        Output.note(list.isEmpty ? "the wallet is empty" : "the wallet has:")
        if !list.isEmpty { for line in list.table.lines { Output.note("  " + line) } }
    }

    /// One token for a challenge that could not be known before.
    private func fetchAndSpend(
        _ offer: PrivateTokenChallenge, _ wanted: Capability?, from issuer: IssuerClient, into wallet: Wallet,
        at origin: OriginClient
    ) async throws -> SpendResult {
        let asked = try await wallet.capability(of: offer, from: issuer)
        let capability = wanted ?? asked
        let (challenge, voucher) = (offer.challenge, try ClientArgument.voucher(voucherFile))
        if let capability {
            try await wallet.fetch(
                1, of: capability, for: challenge, from: issuer, voucher: voucher, offers: [offer])
        } else {
            try await wallet.fetchOfFirstKey(1, for: challenge, from: issuer, voucher: voucher, offers: [offer])
        }
        let fetched = await wallet.holdings.first { $0.capability == capability && $0.challenge == challenge }
        guard let fetched else { throw WalletError.empty }
        return try await wallet.spend(like: fetched, at: origin, path: path, method: method.method)
    }

    private func issuerClient() throws -> IssuerClient? {
        try issuer.map {
            try connection.issuer(
                $0, name: issuerName, log: log.policy(), proxy: issuerProxy, flag: "--issuer-proxy")
        }
    }
}
