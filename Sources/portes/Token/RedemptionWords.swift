import PortesClient

/// An origin's answer in words.
struct RedemptionWords {
    /// A short name for programs.
    let name: String
    /// A line for people.
    let text: String
    /// What to report if the token was not taken.
    let failure: CommandFailure?

    init(_ outcome: RedemptionOutcome) {
        switch outcome {
        case .spent: self.init(name: "spent", text: "the token is spent")
        case .replayed:
            self.init(name: "replayed", text: "the token was spent before with this binding: the same answer again")
        case .alreadySpent:
            self.init(name: "already-spent", text: "the token was spent before", hint: "spend another one")
        case .refused(let refusal):
            self.init(
                name: refusal.rawValue, text: "the origin refused the token: \(refusal.rawValue)",
                hint: RedemptionWords.hint(refusal))
        }
    }

    private static func hint(_ refusal: RedemptionOutcome.Refusal) -> String {
        if refusal == .wrongChallenge {
            return "the tokens were fetched for another origin or issuer name: check --origin-name and --issuer-name"
        }
        if refusal == .wrongCapability {
            return "the token is kept, and may be good at another path: check --path and --capability"
        }
        if refusal == .verifierRevoked {
            return "the token is kept, and is good elsewhere: this server may verify no tokens any more"
        }
        if refusal == .capabilityRevoked {
            return "no token of this capability is good any more: ask the app what it takes instead"
        }
        if refusal.isTemporary { return "the token is kept; try again in a while" }
        return refusal.concernsKey ? "fetch new ones with portes token fetch" : "spend another one, or fetch new ones"
    }

    private init(name: String, text: String) {
        self.name = name
        self.text = text
        failure = nil
    }

    private init(name: String, text: String, hint: String) {
        self.name = name
        self.text = text
        failure = CommandFailure(text, hint: hint)
    }
}
