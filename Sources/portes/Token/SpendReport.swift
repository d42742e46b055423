import PortesClient
import PrivacyPass

/// What a spend did, in the order in which the answers came.
struct SpendReport {
    private var results: [SpendResult] = []
    /// Whether the last answer was told when it came.
    private var isTold = false

    /// Adds the answer to a token that was sent before, and tells it at once.
    mutating func addResumed(_ result: SpendResult) {
        Output.note("a token sent before, whose answer was not known: \(RedemptionWords(result.outcome).text)")
        if case .refused(let refusal) = result.outcome, [.tokenRevoked, .keyRevoked, .capabilityRevoked].contains(refusal) {
            Output.note("it was revoked since; whether it was spent before that, the origin no longer says")
        }
        add(result)
        isTold = true
    }

    mutating func add(_ result: SpendResult) {
        results.append(result)
        isTold = false
        for tokens in result.unusable { Output.note(SpendReport.text(of: tokens)) }
        if result.outcome.isFinal, !result.isSettled {
            Output.note(
                "the wallet file could not be written: the next spend sends this token again, and it counts once")
        }
    }

    /// Prints the receipts, or as JSON all of it; the last answer is the one that counts.
    ///
    /// A receipt comes once: where standard output does not take it, it goes to standard error.
    func show(json: Bool, unspent: Int, setAside: Int) throws {
        do {
            try print(json: json, unspent: unspent, setAside: setAside)
        } catch let failure as OutputFailure {
            let receipts = results.compactMap(\.outcome.receipt)
            for receipt in receipts { Output.note("portes: note: the receipt is \(receipt)") }
            throw CommandFailure(
                "\(failure.text), and the token is out of the wallet",
                hint: receipts.isEmpty ? "do not spend another one for it" : "keep the receipt above: it comes once")
        }
    }

    private func print(json: Bool, unspent: Int, setAside: Int) throws {
        guard let last = results.last else { return }
        let words = RedemptionWords(last.outcome)
        if json {
            let receipts = results.compactMap(\.outcome.receipt)
            try Output.json(
                Shown(
                    outcome: words.name, receipt: last.outcome.receipt ?? receipts.last,
                    receipts: receipts.count > 1 ? receipts : nil, unspent: unspent,
                    unspentSetAside: setAside, setAside: results.flatMap(\.unusable).map(Shown.Tokens.init)))
        } else {
            if words.failure == nil, !isTold { Output.note(words.text) }
            for receipt in results.compactMap(\.outcome.receipt) { try Output.data(receipt) }
        }
    }

    private static func text(of tokens: Wallet.Unusable) -> String {
        let count = tokens.count == 1 ? "1 token" : "\(tokens.count) tokens"
        let kind = tokens.capability.map { " of \($0)" } ?? ""
        let key = tokens.keyID.hexadecimal.prefix(16)
        let reason =
            switch tokens.reason {
            case .keyRevoked: "revoked"
            case .capabilityRevoked: "of a capability that is revoked"
            case .keyNoLongerAccepted: "over"
            case .ledgerLost: "one of which it has lost count"
            default: "unknown to it"
            }
        return "\(count)\(kind) set aside: the origin says that key \(key) is \(reason)"
    }

    private struct Shown: Encodable {
        let outcome: String
        let receipt: String?
        let receipts: [String]?
        /// How many more this origin could get.
        let unspent: Int
        /// How many the wallet has of keys that this origin refused.
        let unspentSetAside: Int
        /// What was set aside by this spend.
        let setAside: [Tokens]

        enum CodingKeys: String, CodingKey {
            case outcome, receipt, receipts, unspent
            case unspentSetAside = "unspent-set-aside"
            case setAside = "set-aside"
        }

        struct Tokens: Encodable {
            let capability: String?
            let key: String
            let count: Int
            let reason: String

            init(_ tokens: Wallet.Unusable) {
                capability = tokens.capability?.name
                key = tokens.keyID.hexadecimal
                count = tokens.count
                reason = tokens.reason.rawValue
            }
        }
    }
}
