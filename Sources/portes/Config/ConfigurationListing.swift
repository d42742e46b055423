import AuthorityServer
import AuthorityStore
import Foundation
import KeySchedule
import PrivacyPass

/// Every setting of a file with its place, as lines and as JSON; what holds where nothing is said is marked.
struct ConfigurationListing {
    private var entries: [Entry] = []

    private struct Entry {
        let place: String
        let value: String
        let isDefault: Bool
    }

    /// A setting as JSON.
    struct Value: Encodable {
        let value: String
        let isDefault: Bool

        enum CodingKeys: String, CodingKey {
            case value
            case isDefault = "default"
        }
    }

    init(_ file: ConfigurationFile) throws {
        if let authority = file.authority { try add(authority) }
        if let clearing = file.clearing { add(clearing) }
        if let witness = file.witness { add(witness) }
    }

    /// A line for each setting.
    var lines: [String] {
        Table(["SETTING", "VALUE", ""], entries.map { [$0.place, $0.value, $0.isDefault ? "default" : ""] }).lines
    }

    /// The settings by their places.
    var tree: [String: Value] {
        Dictionary(
            entries.map { ($0.place, Value(value: $0.value, isDefault: $0.isDefault)) }, uniquingKeysWith: { $1 })
    }

    private mutating func add(_ section: ConfigurationFile.AuthoritySection) throws {
        add("authority.name", section.name, default: "where it listens")
        add("authority.listen", section.listen, default: "127.0.0.1:8080")
        add("authority.data", section.data, default: DefaultDirectory.authorityData)
        add("authority.keys", section.keys, default: DefaultDirectory.keys)
        add("authority.passphrase-file", section.passphraseFile, default: "asked for on the terminal")
        add("authority.tls-certificate", section.tlsCertificate, default: "none: plain http")
        add("authority.tls-key", section.tlsKey, default: "none: plain http")
        add("authority.metrics", section.metrics, default: "nowhere")
        add("authority.log-level", section.logLevel, default: "info")
        add("authority.batch-size", section.batchSize.map(String.init), default: "100")
        for (number, settings) in try AuthoritySettingsFile.capabilities(section).enumerated() {
            guard let said = section.capabilities?[number] else { continue }
            add(settings, said, place: "authority.capabilities[\(number)]")
        }
        add(
            "authority.guesses-per-hour", section.guessesPerHour.map(String.init), default: "100")
        if let accounts = section.accounts { try add(accounts) }
        let log = try section.log?.configuration() ?? .none
        for (number, witness) in (section.log?.witnesses ?? []).enumerated() {
            add("authority.log.witnesses[\(number)].url", witness.url, default: "")
            add("authority.log.witnesses[\(number)].key", witness.key, default: "")
        }
        add("authority.log.certificate-authority", section.log?.certificateAuthority, default: "none: the system's")
        add("authority.log.threshold", section.log?.threshold.map(String.init), default: String(log.threshold))
    }

    private mutating func add(_ section: AccountSection) throws {
        let (place, configuration) = ("authority.accounts", try section.configuration())
        add("\(place).opening", section.opening?.joined(separator: ", "), default: "proof-of-work")
        add("\(place).difficulty", section.difficulty.map(String.init), default: String(configuration.difficulty))
        add("\(place).voucher-tokens", section.voucherTokens.map(String.init), default: "1")
        add(
            "\(place).changes-per-minute", section.changesPerMinute.map(String.init),
            default: String(configuration.changesPerMinute))
        for (number, party) in (section.statements ?? []).enumerated() {
            let place = "\(place).statements[\(number)]"
            add("\(place).issuer", party.issuer, default: "")
            if let path = party.jwksFile { add("\(place).jwks-file", path, default: "") }
            if let url = party.jwksURL { add("\(place).jwks-url", url, default: "") }
            add(
                "\(place).algorithms", party.algorithms?.joined(separator: ", "),
                default: party.algorithmNames.joined(separator: ", "))
            add("\(place).capabilities", party.capabilities.joined(separator: ", "), default: "")
            add("\(place).maximum-tokens", String(party.maximumTokens), default: "")
        }
    }

    private mutating func add(_ settings: CapabilitySettings, _ said: CapabilityTerms, place: String) {
        let (terms, limits) = (settings.terms, settings.limits)
        add("\(place).name", terms.capability.name, default: "")
        add("\(place).token-type", said.tokenType.map(String.init), default: "\(terms.tokenType.rawValue) for a new one")
        add("\(place).epoch", said.epoch, default: TimeSpan(seconds: terms.epoch).text)
        add("\(place).acceptance", said.acceptance, default: TimeSpan(seconds: terms.acceptance).text)
        add("\(place).announcement", said.announcement, default: TimeSpan(seconds: terms.announcement).text)
        add("\(place).gates", said.gates?.joined(separator: ", "), default: "voucher")
        add("\(place).batch-size", said.batchSize.map(String.init), default: "that of the authority")
        add("\(place).quota", said.quota.map(String.init), default: "all that a voucher is worth")
        add("\(place).tokens-per-key", said.tokensPerKey.map(String.init), default: String(limits.tokensPerKey))
    }

    private mutating func add(_ section: ConfigurationFile.ClearingSection) {
        add("clearing.origin", section.origin, default: "where it listens")
        add("clearing.listen", section.listen, default: "127.0.0.1:8081")
        add("clearing.data", section.data, default: DefaultDirectory.clearingData)
        add("clearing.issuer", section.issuer, default: "none: must be given")
        add("clearing.authority-key", section.authorityKey, default: "the one that the issuer's URL answers with first")
        add("clearing.authority-certificate", section.authorityCertificate, default: "the system's authorities alone")
        add("clearing.tokens", section.tokens, default: "own-origin")
        add("clearing.revocation-limit", section.revocationLimit, default: "1h")
        add(
            "clearing.sessions.capabilities", section.sessions?.capabilities?.joined(separator: ", "), default: "session")
        add("clearing.sessions.servers", section.sessions?.servers?.joined(separator: ", "), default: "the origin's name")
        add("clearing.sessions.life", section.sessions?.life, default: "1h")
        for (number, capability) in (section.capabilities ?? []).enumerated() {
            let place = "clearing.capabilities[\(number)]"
            add("\(place).name", capability.name, default: "")
            add("\(place).revocation-limit", capability.revocationLimit, default: section.revocationLimit ?? "1h")
        }
        add("clearing.tls-certificate", section.tlsCertificate, default: "none: plain http")
        add("clearing.tls-key", section.tlsKey, default: "none: plain http")
        add("clearing.metrics", section.metrics, default: "nowhere")
        add("clearing.log-level", section.logLevel, default: "info")
    }

    private mutating func add(_ section: ConfigurationFile.WitnessSection) {
        add("witness.name", section.name, default: "none: must be given at the first start")
        add("witness.listen", section.listen, default: "127.0.0.1:8082")
        add("witness.data", section.data, default: DefaultDirectory.witnessData)
        for (number, log) in (section.logs ?? []).enumerated() { add("witness.logs[\(number)]", log, default: "") }
        add("witness.tls-certificate", section.tlsCertificate, default: "none: plain http")
        add("witness.tls-key", section.tlsKey, default: "none: plain http")
        add("witness.metrics", section.metrics, default: "nowhere")
        add("witness.log-level", section.logLevel, default: "info")
    }

    private mutating func add(_ place: String, _ value: String?, default standard: String) {
        entries.append(Entry(place: place, value: Self.redacted(value ?? standard), isDefault: value == nil))
    }

    /// The value without what stands before an `@` in a URL: a name and a password perhaps.
    private static func redacted(_ value: String) -> String {
        guard let scheme = value.range(of: "://") else { return value }
        let rest = value[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        guard let at = authority.lastIndex(of: "@") else { return value }
        return value[..<scheme.upperBound] + "(redacted)" + rest[at...]
    }
}
