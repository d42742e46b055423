import Foundation
import Yams

/// `portes.yaml`: settings for the servers; environment variables and flags go over it.
struct ConfigurationFile: Decodable {
    private(set) var authority: AuthoritySection?
    private(set) var clearing: ClearingSection?
    private(set) var witness: WitnessSection?

    /// The largest file that is read, in bytes.
    private static let maximumCount = 1024 * 1024

    /// The settings of the token authority.
    struct AuthoritySection: Decodable {
        var listen: String?
        var name: String?
        var data: String?
        var keys: String?
        var passphraseFile: String?
        var tlsCertificate: String?
        var tlsKey: String?
        var metrics: String?
        var logLevel: String?
        var batchSize: Int?
        var capabilities: [CapabilityTerms]?
        var accounts: AccountSection?
        var guessesPerHour: Int?
        var log: LogSection?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case listen, name, data, keys, metrics, capabilities, accounts, log
            case guessesPerHour = "guesses-per-hour"
            case passphraseFile = "passphrase-file"
            case tlsCertificate = "tls-certificate"
            case tlsKey = "tls-key"
            case logLevel = "log-level"
            case batchSize = "batch-size"
        }
    }

    /// The settings of a clearing server.
    struct ClearingSection: Decodable {
        var listen: String?
        var data: String?
        var issuer: String?
        var authorityKey: String?
        var authorityCertificate: String?
        var origin: String?
        var tokens: String?
        var revocationLimit: String?
        var capabilities: [CapabilitySection]?
        var sessions: SessionSection?
        var tlsCertificate: String?
        var tlsKey: String?
        var metrics: String?
        var logLevel: String?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case sessions, listen, data, issuer, origin, tokens, capabilities, metrics
            case authorityKey = "authority-key"
            case authorityCertificate = "authority-certificate"
            case revocationLimit = "revocation-limit"
            case tlsCertificate = "tls-certificate"
            case tlsKey = "tls-key"
            case logLevel = "log-level"
        }
    }

    /// The anonymous sessions that a clearing server opens.
    struct SessionSection: Decodable {
        var capabilities: [String]?
        var life: String?
        var servers: [String]?

        enum CodingKeys: String, CodingKey, CaseIterable { case capabilities, life, servers }
    }

    /// What a clearing server does with one capability.
    struct CapabilitySection: Decodable {
        var name: String
        var revocationLimit: String?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case name
            case revocationLimit = "revocation-limit"
        }
    }

    /// The settings of a witness.
    struct WitnessSection: Decodable {
        var listen: String?
        var name: String?
        var data: String?
        var logs: [String]?
        var tlsCertificate: String?
        var tlsKey: String?
        var metrics: String?
        var logLevel: String?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case listen, name, data, logs, metrics
            case tlsCertificate = "tls-certificate"
            case tlsKey = "tls-key"
            case logLevel = "log-level"
        }
    }

    enum CodingKeys: String, CodingKey, CaseIterable { case authority, clearing, witness }

    /// No settings.
    init() {}

    /// Reads the file at a path; no path means no settings.
    static func read(_ path: String?) throws -> ConfigurationFile {
        guard let path else { return ConfigurationFile() }
        guard let data = FileManager.default.contents(atPath: path), data.count <= maximumCount else {
            throw CommandFailure("cannot read \(path)", hint: "name a readable YAML file of at most 1 MiB with --config")
        }
        return try parse(String(decoding: data, as: UTF8.self), path: path)
    }

    /// Reads the text of a file; `path` is for messages.
    static func parse(_ text: String, path: String) throws -> ConfigurationFile {
        do {
            guard let node = try Yams.compose(yaml: text) else { return ConfigurationFile() }
            try known.check(node, at: [], path: path)
            return try YAMLDecoder().decode(ConfigurationFile.self, from: node)
        } catch let failure as CommandFailure {
            throw failure
        } catch let DecodingError.typeMismatch(_, context) {
            throw wrong(
                "\(path): \(dotted(context.codingPath)) has a value of the wrong kind", at: context.codingPath)
        } catch let DecodingError.keyNotFound(key, context) {
            throw wrong("\(path): \(dotted(context.codingPath + [key])) is missing", at: context.codingPath)
        } catch let error as YamlError {
            throw wrong("\(path) is not YAML: \(String(describing: error).split(separator: "\n").first ?? "")")
        }
    }

    private static func wrong(_ message: String, at place: [any CodingKey] = []) -> CommandFailure {
        let example =
            switch place.first?.stringValue {
            case CodingKeys.clearing.rawValue:
                "clearing: {issuer: https://issuer.example, capabilities: [{name: session}]}"
            case CodingKeys.witness.rawValue: "witness: {name: witness.example/w1, logs: [NAME+ID+KEY]}"
            default: "authority: {listen: 127.0.0.1:8080, batch-size: 100}"
            }
        return .usage(message, hint: "write for example \(example)")
    }

    /// The place of a value, for example `clearing.capabilities[0].name`.
    private static func dotted(_ path: [any CodingKey]) -> String {
        let text = path.reduce(into: "") { text, key in
            text += key.intValue.map { "[\($0)]" } ?? (text.isEmpty ? "" : ".") + key.stringValue
        }
        return text.isEmpty ? "the file" : text
    }

    private static let knownInLog = KnownKeys.mapping(
        Dictionary(uniqueKeysWithValues: LogSection.CodingKeys.allCases.map { key in
            let inWitness = LogSection.WitnessEntry.CodingKeys.allCases.map(\.rawValue)
            return (key.rawValue, key == .witnesses ? .list(.names(inWitness)) : .value)
        }))

    private static let knownInAccounts = KnownKeys.mapping(
        Dictionary(uniqueKeysWithValues: AccountSection.CodingKeys.allCases.map { key in
            let inParty = AccountSection.PartyEntry.CodingKeys.allCases.map(\.rawValue)
            return (key.rawValue, key == .statements ? .list(.names(inParty)) : .value)
        }))

    private static let known = KnownKeys.mapping([
        "authority": .mapping(
            Dictionary(uniqueKeysWithValues: AuthoritySection.CodingKeys.allCases.map { key in
                switch key {
                case .capabilities: (key.rawValue, .list(.names(CapabilityTerms.CodingKeys.allCases.map(\.rawValue))))
                case .accounts: (key.rawValue, knownInAccounts)
                case .log: (key.rawValue, knownInLog)
                default: (key.rawValue, .value)
                }
            })),
        "clearing": .mapping(
            Dictionary(uniqueKeysWithValues: ClearingSection.CodingKeys.allCases.map { key in
                let inCapability = CapabilitySection.CodingKeys.allCases.map(\.rawValue)
                switch key {
                case .capabilities: return (key.rawValue, .list(.names(inCapability)))
                case .sessions: return (key.rawValue, .names(SessionSection.CodingKeys.allCases.map(\.rawValue)))
                default: return (key.rawValue, .value)
                }
            })),
        "witness": .names(WitnessSection.CodingKeys.allCases.map(\.rawValue)),
    ])
}
