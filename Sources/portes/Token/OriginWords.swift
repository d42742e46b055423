import PrivacyPass

/// What an origin asks for, in the words of the command line.
struct OriginWords {
    private let challenge: TokenChallenge

    init(_ challenge: TokenChallenge) { self.challenge = challenge }

    /// The tokens asked for. Names come from outside: no more of them than a host's name may have.
    var tokens: String {
        let names = challenge.originNames.map(\.text).joined(separator: ",").prefix(260)
        return "the issuer \(challenge.issuerName.text.prefix(260)) for \(names.isEmpty ? "any origin" : names)"
    }

    /// The flag of `portes token fetch` that names the origin as the challenge does, if one does.
    var flag: String? {
        switch challenge.originNames.count {
        case 0: "--any-origin"
        case 1: "--origin-name \(challenge.originNames[0].text.prefix(260))"
        default: nil
        }
    }

    /// What to do in order to get such tokens.
    var hint: String {
        if isFresh { return "spend with portes token spend --issuer URL, which fetches one at that moment" }
        if challenge.originNames.isEmpty { return "give --any-origin in place of --origin" }
        return "if it is the issuer you mean, check --issuer and --issuer-name"
    }

    /// Whether tokens can be fetched only once the challenge is there.
    var isFresh: Bool { challenge.redemptionContext != nil }
}

extension CommandFailure {
    /// A token for another challenge was about to be fetched.
    init(_ asked: OriginWords) {
        let tokens = asked.isFresh ? "only tokens for a fresh challenge" : "other tokens, of \(asked.tokens)"
        self.init("the origin takes \(tokens); nothing was charged", hint: asked.hint)
    }
}
