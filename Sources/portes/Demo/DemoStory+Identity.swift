import Foundation
import Identity
import PortesClient
import PortesClientHTTP
import PrivacyPass
import SignIn

/// A person without a name, whose device is lost.
extension DemoStory {
    /// Signs a person in, fetches and spends tokens, and does it all again on another device with nothing but the code.
    func loseTheDevice(narrator: inout Narrator) async throws {
        let voucher = try await voucher(for: "session", tokens: 20)
        let (authorityURL, clearingURL, root) = (servers.authorityURL, servers.clearingURL, place.root.path)
        let narrated = narrator
        narrator = try await DemoService.serving(accountsIn: root + "/accounts") { serviceURL in
            var narrator = narrated
            let first = try DemoDevice(
                at: root + "/first", identity: KeptIdentity(), authorityURL: authorityURL, clearingURL: clearingURL,
                serviceURL: serviceURL)
            let welcome = try await narrator.step("a person makes an identity and signs in at a service") {
                try await first.signIn()
            } saw: { _ in
                [.app: "a secret, made on the device, and its recovery code", .backend: "a key that no other service sees"]
            }
            try await narrator.step("the person's device fetches 20 tokens that can be recovered, and spends four") {
                try await first.fetch(20, voucher: voucher)
                for _ in 0..<4 { try await first.spend() }
            } saw: { _ in
                [
                    .app: "16 tokens, in a wallet that is sealed",
                    .authority: "a sealed record under a name that nobody can guess, and 20 blinded elements",
                ]
            }
            let code = first.recoveryCode.text
            try await narrator.step("the device is lost with everything on it") {
                try await first.destroy()
            } saw: { _ in [.app: "a line of 14 groups, on paper"] }
            let second = try DemoDevice(
                at: root + "/second", identity: KeptIdentity(RecoveryCode(text: code).identity()),
                authorityURL: authorityURL, clearingURL: clearingURL, serviceURL: serviceURL)
            let again = try await narrator.step("on another device, the person signs in with that code") {
                try await second.signIn()
            } saw: { _ in [.backend: "the same person as before"] }
            guard again == welcome.replacing("welcome,", with: "welcome back,") else {
                throw CommandFailure("the service does not know the person again")
            }
            try await narrator.step("the other device recovers the tokens, and spends all that are left") {
                _ = try await second.recover()
                for _ in 0..<16 { try await second.spend() }
                guard try await !second.hasTokens() else { throw CommandFailure("a token came twice") }
            } saw: { _ in
                [
                    .app: "16 tokens that were not spent, without a voucher",
                    .authority: "a request that it had answered before, from nobody in particular",
                    .clearing: "16 tokens, and some that it had seen: refused, and the next one taken",
                ]
            }
            return narrator
        }
    }
}

/// A device of a person: an identity, and a wallet that is sealed with it.
private struct DemoDevice {
    private let directory: String
    private let file: IdentityFile
    private let wallet: Wallet
    private let issuer: IssuerClient
    private let origin: OriginClient
    private let service: SignInClient
    private let key: RecoveryKey
    let recoveryCode: RecoveryCode

    init(
        at directory: String, identity: borrowing KeptIdentity, authorityURL: String, clearingURL: String,
        serviceURL: String
    ) throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        self.directory = directory
        file = try IdentityFile(path: directory + "/identity", mayBeAbsent: true)
        try file.create(identity)
        let secret = identity.secret()
        recoveryCode = RecoveryCode(secret)
        issuer = try IssuerClient(authorityURL, name: ServerName(DemoServers.issuerName))
        origin = try OriginClient(clearingURL, name: ServerName(DemoServers.originName))
        guard let audience = Audience(DemoService.audience),
            let key = RecoveryKey(secret, issuer: try ServerName(DemoServers.issuerName))
        else { throw CommandFailure("no audience") }
        self.key = key
        service = SignInClient(url: try ServerURL(serviceURL), audience: audience, transport: try HTTPTokenTransport())
        wallet = try Wallet(path: directory + "/wallet", key: WalletKey(secret))
    }

    func signIn() async throws -> String {
        var kept = try file.read()
        let response = try await service.signIn(&kept)
        try file.replace(with: kept)
        return String(decoding: response.body, as: UTF8.self)
    }

    private func challenge() throws -> TokenChallenge {
        try TokenChallenge(
            tokenType: .voprfRistretto255, issuerName: issuer.name, originNames: [ServerName(DemoServers.originName)])
    }

    func fetch(_ count: Int, voucher: Voucher) async throws {
        try await wallet.fetch(
            count, of: ClientArgument.capability("session"), for: challenge(), from: issuer, voucher: voucher,
            recovery: key)
    }

    func spend() async throws {
        let outcome = try await trySpending()
        guard case .spent = outcome else { throw CommandFailure("not spent: \(outcome)") }
    }

    /// Whether a token was left that could be spent.
    func hasTokens() async throws -> Bool {
        do {
            switch try await trySpending() {
            case .spent: return true
            case .alreadySpent: return false
            case let outcome: throw CommandFailure("not spent: \(outcome)")
            }
        } catch WalletError.empty {
            return false
        }
    }

    private func trySpending() async throws -> RedemptionOutcome {
        try await wallet.spend(ClientArgument.capability("session"), for: challenge(), at: origin).outcome
    }

    func recover() async throws -> RecoveryResult {
        try await wallet.recover(with: key, from: issuer, askingAboutSpends: [origin])
    }

    func destroy() async throws {
        await wallet.close()
        try FileManager.default.removeItem(atPath: directory)
    }
}
