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
            of tokens of type 0x0005 is cut off, the next one sends the same request again and is charged once. Requests \
            for other types cannot be kept: they are repeated three times, and what is unanswered then may be paid for \
            and lost, so ask for few at a time.

            Before anything is asked for, the issuer's key log is replayed, and only the one key is used that it lets \
            issue now, the same for everybody. For an issuer on this machine, one in development, nothing need be \
            given for that. For every other name the log's key with --log-key, once for a wallet, and with --witness \
            somebody who watches the log for you.

            With --identity the wallet is sealed, and tokens of type 0x0005 can be had again on another device: see \
            portes token recover.

            With --origin the origin is asked first what it takes, so that nothing is charged for tokens of no use; \
            --origin-name alone asks nothing.

            EXAMPLE: portes token fetch --issuer https://issuer.example --capability session --count 100 \
            --origin https://play.example --voucher-file code.txt --wallet my.wallet \
            --log-key "$(cat log.key)" --witness "$(cat witness.key)"
            """)

    @Option(help: "The issuer's URL.") var issuer: String
    @Option(help: "The issuer's name in challenges, where it is not the URL's host and port.") var issuerName: String?
    @Option(help: "The capability.") var capability: String
    @Option(
        help: """
            The type of tokens, for example 2 or 0x0002; default: that of the key which the issuer lists first for the \
            capability.
            """)
    var tokenType: TokenTypeArgument?
    @Option(help: "How many tokens.") var count: Int = 100
    @Option(help: "The URL of the origin at which they will be spent.") var origin: String?
    @Option(help: "The origin's name in challenges, where it is not the URL's host and port.") var originName: String?
    @Flag(help: "Make the tokens good at any origin of the issuer.") var anyOrigin = false
    @Option(help: "The file with the voucher; - for standard input. Needless with a development issuer.")
    var voucherFile: String?
    @Flag(help: "Draw on the account of the identity that --identity names, in place of a voucher.")
    var account = false
    @OptionGroup var wallet: WalletOptions
    @OptionGroup var log: KeyLogOptions
    @OptionGroup var connection: ConnectionOptions
    @Flag(help: "Print the result as JSON.") var json = false

    func validate() throws {
        guard (1...100_000).contains(count) else { throw ValidationError("--count takes a number from 1 to 100000") }
        guard (origin != nil || originName != nil) != anyOrigin else {
            throw ValidationError("give either --origin or --any-origin")
        }
        guard !account || wallet.identity != nil && voucherFile == nil else {
            throw ValidationError("--account needs --identity, and no --voucher-file")
        }
    }

    func run() async throws {
        let capability = try ClientArgument.capability(capability)
        let wantedType = try tokenType?.implemented("--token-type")
        let issuer = try connection.issuer(issuer, name: issuerName, log: log.policy(), proxy: connection.proxy)
        let origin = try origin.map { try connection.origin($0, name: originName) }
        let wallet = try wallet.open()
        let voucher = try ClientArgument.voucher(voucherFile)
        let key = try account ? self.wallet.identity.map { try AccountOptions.key(identity: $0, at: issuer.name) } : nil
        let recovery = try self.wallet.recoveryKey(for: issuer.name)
        try await log.prepare(wallet, for: issuer)
        // Why there is no key, if there is none, the fetch says, once it has finished what earlier ones began.
        let issuing = try? await wallet.currentKey(for: capability, tokenType: wantedType, from: issuer)
        let challenge = try TokenChallenge(
            tokenType: wantedType ?? issuing?.tokenType ?? .standard, issuerName: issuer.name,
            originNames: originNames(origin))
        let offers = if let origin { try await check(challenge, with: origin) } else { [PrivateTokenChallenge]() }
        let before = await wallet.count
        let result: FetchResult
        do {
            result = try await repeatedly(challenge.tokenType) {
                guard let key else {
                    return try await wallet.fetch(
                        count, of: capability, for: challenge, from: issuer, voucher: voucher, offers: offers,
                        recovery: recovery)
                }
                return try await wallet.fetch(
                    count, of: capability, for: challenge, from: issuer, account: key, offers: offers,
                    recovery: recovery)
            }
        } catch {
            let arrived = await wallet.count - before
            if arrived > 0 { Output.note("\(tokens(arrived)) came before that failed, and are in the wallet") }
            tellAbandoned(await wallet.takeAbandoned())
            await tellUnanswered(wallet)
            throw error
        }
        try show(result, capability, unspent: await wallet.count)
    }

    /// Asks again while the process has what an answer needs, and no file can keep it.
    private func repeatedly(
        _ type: TokenType, _ fetch: () async throws -> FetchResult
    ) async throws -> FetchResult {
        for pause in [1, 2, 4] where !type.hasStorableRequests {
            do {
                return try await fetch()
            } catch let error as IssuanceError {
                switch error {
                case .unreachable, .overloaded: Output.note("no answer yet; asking again in \(pause) s")
                default: throw error
                }
            }
            try await Task.sleep(for: .seconds(pause))
        }
        return try await fetch()
    }

    /// Says what is lost with this process.
    private func tellUnanswered(_ wallet: Wallet) async {
        let lost = await wallet.inventory.requested.filter { !$0.challenge.tokenType.hasStorableRequests }
            .reduce(0) { $0 + $1.count }
        if lost > 0 {
            Output.note("\(tokens(lost)) may have been paid for, and will not come: their requests cannot be kept")
        }
    }

    private func show(_ result: FetchResult, _ capability: Capability, unspent: Int) throws {
        let fetched = result.requested + result.resumed
        if json {
            try Output.json([
                "fetched": fetched, "fromEarlierRequests": result.resumed, "ofOtherKinds": result.others,
                "abandoned": result.abandoned, "unspent": unspent,
            ])
            return
        }
        let earlier = result.resumed == 0 ? "" : ", \(result.resumed) of them asked for by an earlier fetch"
        try Output.data("fetched \(tokens(fetched)) of \(capability)\(earlier); the wallet has \(unspent)")
        if result.others > 0 {
            Output.note("\(tokens(result.others)) of another kind came too, asked for by an earlier fetch")
        }
        tellAbandoned(result.abandoned)
    }

    private func tellAbandoned(_ count: Int) {
        guard count > 0 else { return }
        Output.note(
            "\(tokens(count)) that an earlier fetch asked for will not come: their key is revoked or over, or they were "
                + "never charged")
    }

    private func tokens(_ count: Int) -> String { count == 1 ? "1 token" : "\(count) tokens" }

    private func originNames(_ origin: OriginClient?) throws -> [ServerName] {
        if let origin { return [origin.name] }
        return try originName.map { [try ClientArgument.serverName($0, flag: "--origin-name")] } ?? []
    }

    /// What the origin offers for the challenge. Throws if it says that it takes other tokens; an origin that says
    /// nothing may be one that is not up yet.
    private func check(
        _ challenge: TokenChallenge, with origin: OriginClient
    ) async throws -> [PrivateTokenChallenge] {
        do {
            return try await origin.check(challenge)
        } catch {
            switch error {
            case .otherNames, .otherChallenge: throw error
            default: break
            }
            let told = CommandFailure(clientError: error)?.message ?? "no answer from the origin"
            Output.warning(
                "it is not known whether the origin takes tokens for \(origin.name.text): \(told)",
                hint: originName == nil
                    ? "give its name in challenges with --origin-name if it is another one"
                    : "the tokens are for \(origin.name.text) alone: see that the name is right")
            return []
        }
    }
}

extension Wallet {
    /// How many unspent tokens there are.
    var count: Int { holdings.reduce(0) { $0 + $1.count } }

    /// How many of them are not set aside for an origin.
    func usableCount(at origin: ServerName) -> Int {
        holdings.reduce(0) { $0 + ($1.isUsable(at: origin) ? $1.count : 0) }
    }
}
