import Accounts
import AuthorityServer
import PortesClient
import PrivacyPass
import Statements

/// Accounts in the authority's part of `portes.yaml`: what they are opened for, and whose statements are taken.
struct AccountSection: Decodable {
    var opening: [String]?
    var difficulty: Int?
    var voucherTokens: Int64?
    var changesPerMinute: Int?
    var statements: [PartyEntry]?

    /// A party whose statements are taken.
    struct PartyEntry: Decodable {
        var issuer: String
        var jwksFile: String?
        var jwksURL: String?
        var algorithms: [String]?
        var capabilities: [String]
        var maximumTokens: Int64

        enum CodingKeys: String, CodingKey, CaseIterable {
            case issuer, algorithms, capabilities
            case jwksFile = "jwks-file"
            case jwksURL = "jwks-url"
            case maximumTokens = "maximum-tokens"
        }
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case opening, difficulty, statements
        case voucherTokens = "voucher-tokens"
        case changesPerMinute = "changes-per-minute"
    }

    private static let place = "authority.accounts"

    /// What is said, and what is assumed where nothing is.
    func configuration() throws -> AccountConfiguration {
        let parties = try (statements ?? []).enumerated().map { number, entry in
            try entry.party(at: "\(Self.place).statements[\(number)]")
        }
        let names = parties.map(\.issuer.name)
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw CommandFailure.usage(
                "\(Self.place).statements names \(twice) twice", hint: "write each issuer once")
        }
        let fees = try (opening ?? [AccountFee.Kind.proofOfWork.rawValue]).map { name in
            guard let kind = AccountFee.Kind(rawValue: name) else {
                throw CommandFailure.usage(
                    "\(Self.place).opening does not take '\(name)'",
                    hint: "use \(AccountFee.Kind.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return kind
        }
        guard !fees.isEmpty else {
            throw CommandFailure.usage(
                "\(Self.place).opening is empty: nobody could open an account", hint: "for example opening: [proof-of-work]")
        }
        return AccountConfiguration(
            fees: Set(fees),
            difficulty: UInt8(
                try number(
                    difficulty.map(Int64.init), "difficulty", 8...Int64(ProofOfWork.maximumDifficulty))
                    ?? Int64(AccountConfiguration.standardDifficulty)),
            voucherTokens: try number(voucherTokens, "voucher-tokens", 1...1_000_000) ?? 1,
            changesPerMinute: Int(
                try number(changesPerMinute.map(Int64.init), "changes-per-minute", 1...1_000_000)
                    ?? Int64(AccountConfiguration.standardChangesPerMinute)),
            parties: parties)
    }

    private func number(_ value: Int64?, _ name: String, _ range: ClosedRange<Int64>) throws -> Int64? {
        guard let value else { return nil }
        guard range.contains(value) else {
            throw CommandFailure.usage(
                "\(Self.place).\(name) does not take \(value)",
                hint: "give a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }
}

extension AccountSection.PartyEntry {
    /// How the party may sign, in the order of the file.
    var algorithmNames: [String] { algorithms ?? [StatementAlgorithm.edDSA.rawValue, StatementAlgorithm.es256.rawValue] }

    fileprivate func party(at place: String) throws -> AccountConfiguration.Party {
        let algorithms = try algorithmNames.map { name in
            guard let algorithm = StatementAlgorithm(rawValue: name) else {
                throw CommandFailure.usage(
                    "\(place).algorithms does not take '\(name)'",
                    hint: "use \(StatementAlgorithm.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return algorithm
        }
        let capabilities = try capabilities.map { name in
            guard let capability = Capability(name) else {
                throw CommandFailure.usage(
                    "\(place).capabilities does not take '\(name)'", hint: "for example capabilities: [age-18]")
            }
            return capability
        }
        guard !algorithms.isEmpty, !capabilities.isEmpty, !issuer.isEmpty else {
            throw CommandFailure.usage(
                "\(place) names no issuer, algorithm or capability", hint: "for example capabilities: [age-18]")
        }
        guard (1...1_000_000).contains(maximumTokens) else {
            throw CommandFailure.usage(
                "\(place).maximum-tokens does not take \(maximumTokens)", hint: "give a number from 1 to 1000000")
        }
        return try AccountConfiguration.Party(
            issuer: StatementIssuer(
                name: issuer, algorithms: Set(algorithms), capabilities: Set(capabilities),
                maximumTokens: maximumTokens),
            keys: keySet(at: place))
    }

    private func keySet(at place: String) throws -> AccountConfiguration.KeySet {
        switch (jwksFile, jwksURL) {
        case (let path?, nil): return .file(path)
        case (nil, let url?):
            guard (try? ServerURL(prefixOf: url)) != nil else {
                throw CommandFailure.usage(
                    "\(place).jwks-url does not take '\(url)'", hint: "give an https URL, or one of this machine")
            }
            return .url(url)
        default:
            throw CommandFailure.usage(
                "\(place) needs one of jwks-file and jwks-url", hint: "for example jwks-file: age.jwks.json")
        }
    }
}
