import PortesClient
import PrivacyPass

/// What a wallet holds, for people and for programs; no part of a token.
struct WalletList: Encodable {
    let unspent: [Tokens]
    let sent: [Tokens]
    let requested: [Tokens]
    let surrendered: [Tokens]

    /// Tokens that differ only in what makes each unique.
    struct Tokens: Encodable {
        var capability: String?
        /// Their type's code point.
        let tokenType: UInt16
        var count = 1
        var issuer: String?
        /// The origins that may take them: none means any; absent where the wallet does not know.
        var origins: [String]?
        /// Whether they answer one challenge only.
        var isForOneChallenge: Bool?
        let key: String
        /// Where they are not sent, and what was said there.
        var setAside: [SetAside]?

        enum CodingKeys: String, CodingKey {
            case capability, count, issuer, origins, key
            case tokenType = "token-type"
            case isForOneChallenge = "for-one-challenge"
            case setAside = "set-aside"
        }
    }

    struct SetAside: Encodable {
        let origin: String
        let reason: String
    }

    init(_ wallet: Wallet) async {
        let inventory = await wallet.inventory
        unspent = await wallet.holdings.map { holding in
            var tokens = Tokens(holding.capability, holding.challenge, holding.keyID, count: holding.count)
            tokens.setAside = holding.setAside.map { SetAside(origin: $0.origin.text, reason: $0.reason.rawValue) }
            return tokens
        }
        sent = inventory.sent.map {
            Tokens(tokenType: $0.tokenType.rawValue, origins: [$0.origin.text], key: $0.keyID.hexadecimal)
        }
        requested = inventory.requested.map { Tokens($0.capability, $0.challenge, $0.keyID, count: $0.count) }
        surrendered = await wallet.surrendered.map {
            Tokens(
                capability: $0.capability?.name, tokenType: $0.token.input.tokenType.rawValue,
                key: $0.token.input.keyID.hexadecimal)
        }
    }

    var isEmpty: Bool { unspent.isEmpty && sent.isEmpty && requested.isEmpty && surrendered.isEmpty }

    /// A line for each kind of tokens.
    var table: Table {
        Table(
            ["CAPABILITY", "TYPE", "COUNT", "ORIGIN", "ISSUER", "KEY", "STATE"],
            unspent.map { $0.row(state: $0.unspentState) } + sent.map { $0.row(state: "sent, no final answer yet") }
                + requested.map { $0.row(state: "requested, no answer yet") }
                + surrendered.map { $0.row(state: "taken to be revoked") })
    }
}

extension WalletList.Tokens {
    init(_ capability: Capability?, _ challenge: TokenChallenge, _ keyID: TokenKeyID, count: Int) {
        self.init(
            capability: capability?.name, tokenType: challenge.tokenType.rawValue, count: count,
            issuer: challenge.issuerName.text, origins: challenge.originNames.map(\.text),
            isForOneChallenge: challenge.redemptionContext != nil, key: keyID.hexadecimal)
    }

    fileprivate var unspentState: String {
        let refusals = (setAside ?? []).map { "set aside at \($0.origin): \($0.reason)" }
        return refusals.isEmpty ? "unspent" : refusals.joined(separator: ", ")
    }

    fileprivate func row(state: String) -> [String] {
        let origin = origins.map { $0.isEmpty ? "any" : $0.joined(separator: ",") } ?? "-"
        return [
            capability ?? "-", "\(TokenType(rawValue: tokenType))", String(count),
            origin + (isForOneChallenge == true ? " (once)" : ""), issuer ?? "-", String(key.prefix(16)), state,
        ]
    }
}
