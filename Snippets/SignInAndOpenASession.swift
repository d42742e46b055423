// An app: signs a person in who has no name, fetches tokens for an account without one, and opens a session.

import Identity
import PortesClient
import PortesClientHTTP
import PrivacyPass
import SignIn

/// The header fields that let a request in; `log` says whom the app believes, as in FetchAndSpend.swift.
func enter(_ radio: Audience, _ session: Capability, log: KeyLogPolicy) async throws -> [HeaderField] {
    let issuer = try IssuerClient("https://issuer.example", log: log)
    let service = try OriginClient("https://radio.example")
    let challenge = try TokenChallenge(
        tokenType: .voprfRistretto255, issuerName: issuer.name, originNames: [service.name])

    let file = try IdentityFile(path: "me.portes", mayBeAbsent: true)
    var me = try file.readOrCreate()
    _ = try await SignInClient("https://radio.example", audience: radio).signIn(&me)
    try file.replace(with: me)

    let wallet = try Wallet(path: "tokens.wallet", key: WalletKey(me.secret()))
    if await wallet.usableCount(of: session, for: challenge, at: service.name) == 0 {
        guard let account = AccountKey(me.secret(), at: issuer.name) else { throw MessageError.invalidName }
        try await issuer.openAccount(account)
        try await wallet.fetch(100, of: session, for: challenge, from: issuer, account: account)
    }
    let opened = try await wallet.session(session, for: challenge, at: service)
    return opened.headers(for: "GET", "https://radio.example/levels/7")
}
