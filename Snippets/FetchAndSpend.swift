// Spends a token; first fetches a hundred, with a voucher from standard input, if none is left that the origin takes.

import PortesClient
import PortesClientHTTP
import PrivacyPass

let log = try KeyLogPolicy(
    log: "issuer.example/log+e58a8a26+AVTTpBNirYpKp/D9IPvdXHH/i8Mut0xPf6oU/WxqmlcN",
    witnesses: ["witness.example+4bfbde4c+BBIxkVHpjRp+xtHU4pxjWW9N1oVCnZu6PT2rnLBJRkUG"])
let issuer = try IssuerClient("https://issuer.example", log: log)
let origin = try OriginClient("https://play.example")
let challenge = try TokenChallenge(
    tokenType: .voprfRistretto255, issuerName: issuer.name, originNames: [origin.name])
guard let play = Capability("play") else { fatalError("not a capability's name") }

let wallet = try Wallet(path: "tokens.wallet")
if let earlier = await wallet.resume(at: origin).first {
    // A token without a final answer is sent again in place of another one.
    print("sent again:", earlier.result)
} else {
    if await wallet.usableCount(of: play, for: challenge, at: origin.name) == 0 {
        guard let voucher = Voucher(readLine() ?? "") else { fatalError("not a voucher") }
        let offers = try await origin.check(challenge)
        try await wallet.fetch(100, of: play, for: challenge, from: issuer, voucher: voucher, offers: offers)
    }
    let outcome = try await wallet.spend(play, for: challenge, at: origin).outcome
    print(outcome, outcome.receipt ?? "")
}
