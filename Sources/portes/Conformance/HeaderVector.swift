import PrivacyPass

/// A `WWW-Authenticate` field of RFC 9577, appendix A, with the challenges that are in it.
struct HeaderVector: Decodable {
    private let field: String
    private let challenges: [Expected]

    private struct Expected: Decodable {
        let tokenType: UInt16
        let tokenKey: String?
        let maximumAge: UInt64?
        let tokenChallenge: String

        enum CodingKeys: String, CodingKey {
            case tokenType = "token-type"
            case tokenKey = "token-key"
            case maximumAge = "max-age"
            case tokenChallenge = "token-challenge"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case challenges
        case field = "WWW-Authenticate"
    }

    func check() -> ConformanceOutcome {
        do {
            let found = AuthenticationField.parse(field).filter { $0.scheme == "privatetoken" }
            try require(!challenges.isEmpty && found.count == challenges.count, "number of challenges")
            for (one, expected) in zip(found, challenges) {
                let challenge = try bytes(expected.tokenChallenge, "token-challenge")
                try require(one.value(of: "challenge").flatMap { Base64URL.decode($0) } == challenge, "token-challenge")
                let code = [UInt8(expected.tokenType >> 8), UInt8(expected.tokenType & 0xff)]
                try require(challenge.starts(with: code), "token-type")
                let key = try expected.tokenKey.map { try bytes($0, "token-key") }
                try require(one.value(of: "token-key").flatMap { Base64URL.decode($0) } == key, "token-key")
                try require(one.value(of: "max-age").flatMap { UInt64($0) } == expected.maximumAge, "max-age")
            }
            try checkWhatIsUnderstood()
            return .passed()
        } catch {
            return .failed((error as? ConformanceMismatch)?.field ?? "\(error)")
        }
    }

    /// Those of known types come out in order, and no other does.
    private func checkWhatIsUnderstood() throws {
        let known = challenges.filter { TokenType(rawValue: $0.tokenType).name != nil }
        let read = PrivateTokenChallenge.parse([field]).map { Hexadecimal.encode($0.challenge.encoded) }
        try require(read == known.map(\.tokenChallenge), "challenges of known types")
    }
}
