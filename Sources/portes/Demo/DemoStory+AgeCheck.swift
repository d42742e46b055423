import Foundation
import Identity
import PortesClient
import PortesClientHTTP
import PrivacyPass

/// An age check: a party that knows a date of birth, an authority that hears "over 18", and a shop that hears "yes".
extension DemoStory {
    func checkAge(narrator: inout Narrator) async throws {
        let buyer = try DemoBuyer(servers: servers, directory: place.root.path, name: "buyer")
        let party = servers.ageParty
        let statement = try await narrator.step("somebody has it stated, elsewhere, that they are over 18") {
            guard let statement = try party.statement(for: buyer.request, bornOn: "1990-04-01", tokens: 3) else {
                throw CommandFailure("no statement")
            }
            guard try party.statement(for: buyer.request, bornOn: "2020-04-01", tokens: 3) == nil else {
                throw CommandFailure("a child is over 18")
            }
            return statement
        } saw: { _ in
            [.app: "a signed statement, bound to a hash that it made up", .ageParty: "a date of birth, and that hash"]
        }
        try await narrator.step("the app opens an account with a little computing, and gets three tokens of age-18") {
            try await buyer.fetch(for: statement)
        } saw: { _ in
            [
                .app: "three tokens, in a wallet",
                .authority: "a key without a name, and that it may have three: no date, and not who it is",
            ]
        }
        try await narrator.step("a shop asks for a token of age-18, and hears yes") {
            guard try await buyer.isOfAge() else { throw CommandFailure("not of age") }
        } saw: { _ in [.clearing: "a token of age-18, that nobody can tell from any other"] }
        try await narrator.step("the same statement is presented once more, for another account") {
            let other = try DemoBuyer(servers: servers, directory: place.root.path, name: "other")
            guard try await other.isRefused(statement) else { throw CommandFailure("a statement counted twice") }
        } saw: { _ in [.authority: "a statement that is bound to another account: refused"] }
    }
}

/// A person's app that proves an age, and nothing more.
struct DemoBuyer {
    private let wallet: Wallet
    private let issuer: IssuerClient
    private let origin: OriginClient
    private let account: AccountKey
    private let capability: Capability
    /// What is to be signed.
    let request: StatementRequest

    init(servers: DemoServers, directory: String, name: String) throws {
        let secret = IdentitySecret()
        issuer = try IssuerClient(servers.authorityURL, name: ServerName(DemoServers.issuerName))
        origin = try OriginClient(servers.clearingURL, name: ServerName(DemoServers.originName))
        guard let account = AccountKey(secret, at: issuer.name) else { throw CommandFailure("no account") }
        self.account = account
        request = StatementRequest(for: account)
        capability = try ClientArgument.capability(DemoAgeParty.capability)
        wallet = try Wallet(path: "\(directory)/\(name).wallet", key: WalletKey(secret))
    }

    private var challenge: TokenChallenge {
        get throws {
            try TokenChallenge(tokenType: .voprfRistretto255, issuerName: issuer.name, originNames: [origin.name])
        }
    }

    /// Opens the account, presents the statement and fetches what it gives.
    func fetch(for statement: Statement) async throws {
        try await issuer.openAccount(account)
        let grant = try await issuer.present(statement, for: account)
        guard grant.capability == capability else { throw CommandFailure("another capability was given") }
        try await wallet.fetch(Int(grant.tokens), of: capability, for: challenge, from: issuer, account: account)
    }

    /// Whether the shop lets the person in.
    func isOfAge() async throws -> Bool {
        let outcome = try await wallet.spend(capability, for: challenge, at: origin).outcome
        if case .spent = outcome { return true }
        return false
    }

    /// Whether the authority refuses a statement that is for somebody else.
    func isRefused(_ statement: Statement) async throws -> Bool {
        try await issuer.openAccount(account)
        do {
            _ = try await issuer.present(statement, for: account)
            return false
        } catch {
            if case .refused = error { return true }
            throw error
        }
    }
}
