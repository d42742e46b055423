// Fetches a hundred tokens with a voucher from standard input, and spends one of them.

import PortesClient
import PortesClientHTTP
import PrivacyPass

let issuer = try IssuerClient("https://issuer.example")
let origin = try OriginClient("https://play.example")
let challenge = try TokenChallenge(
    tokenType: .voprfRistretto255, issuerName: issuer.name, originNames: [origin.name])
let play = Capability("play")

let wallet = try Wallet(path: "tokens.wallet")
if await wallet.holdings.isEmpty {
    try await wallet.fetch(100, of: play, for: challenge, from: issuer, voucher: Voucher(readLine() ?? ""))
}

let result = try await wallet.spend(play, for: challenge, at: origin)
print(result.outcome)
