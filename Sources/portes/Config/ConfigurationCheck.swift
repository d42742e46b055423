import AuthorityServer
import Foundation
import HTTPTransport
import KeyTransparency
import Logging
import PortesClient
import PortesVerifier
import PrivacyPass
import ServerSupport
import WitnessServer

/// Everything in a configuration file that can be found wrong without starting a server.
struct ConfigurationCheck {
    private let file: ConfigurationFile

    init(_ file: ConfigurationFile) { self.file = file }

    /// Everything that is wrong, in the order of the file's parts.
    func mistakes() -> [any Error] {
        let checks = file.authority.map(checks) ?? []
        let others = (file.clearing.map(self.checks) ?? []) + (file.witness.map(self.checks) ?? [])
        return (checks + others).compactMap { check in
            do {
                try check()
                return nil
            } catch {
                return error
            }
        }
    }

    /// Throws for the first thing that is wrong.
    func run() throws {
        if let first = mistakes().first { throw first }
    }

    /// The parts that a file has, in words.
    static func parts(of file: ConfigurationFile) -> [String] {
        var parts: [String] = []
        if let authority = file.authority {
            let count = authority.capabilities?.count ?? 0
            let capabilities = count == 1 ? "1 capability" : "\(count) capabilities"
            parts.append("an authority" + (count == 0 ? "" : " with \(capabilities)"))
        }
        if file.clearing != nil { parts.append("a clearing server") }
        if file.witness != nil { parts.append("a witness") }
        return parts
    }

    private typealias Check = () throws -> Void

    private func checks(_ section: ConfigurationFile.AuthoritySection) -> [Check] {
        [
            { try address(section.listen, "authority.listen") },
            { try metrics(section.metrics, beside: section.listen, "authority") },
            { try logLevel(section.logLevel, "authority.log-level") },
            { try name(section.name, "authority.name") },
            { try batchSize(section.batchSize) },
            { _ = try AuthoritySettingsFile.capabilities(section) },
            { _ = try AuthoritySettingsFile.guesses(section) },
        ] + AuthoritySettingsFile.accountChecks(section, isReadable: readable) + [
            { _ = try section.log?.configuration() },
            { try readable(section.passphraseFile, "authority.passphrase-file") },
            { try authorities(section.log?.certificateAuthority, "authority.log.certificate-authority") },
            { try certificate(section.tlsCertificate, section.tlsKey, in: "authority") },
        ]
    }

    private func checks(_ section: ConfigurationFile.ClearingSection) -> [Check] {
        [
            { try address(section.listen, "clearing.listen") },
            { try metrics(section.metrics, beside: section.listen, "clearing") },
            { try logLevel(section.logLevel, "clearing.log-level") },
            { try name(section.origin, "clearing.origin") },
            { _ = try section.issuer.map { try ClientArgument.url($0, flag: "clearing.issuer") } },
            { try scope(section.tokens) },
            { try limit(section.revocationLimit, "clearing.revocation-limit") },
            {
                let taken = try section.capabilities.map { Set(try $0.map { try ClientArgument.capability($0.name) }) }
                _ = try SessionSettings().accepted(section.sessions, of: taken)
            },
            { _ = try SessionSettings(life: section.sessions?.life).seconds(section.sessions) },
            { _ = try SessionSettings().names(section.sessions) },
            { _ = try ClearingSettings.pinnedKey(nil, section.authorityKey) },
            { try authorities(section.authorityCertificate, "clearing.authority-certificate") },
            { try certificate(section.tlsCertificate, section.tlsKey, in: "clearing") },
        ] + capabilityChecks(section.capabilities ?? [])
    }

    private func capabilityChecks(_ capabilities: [ConfigurationFile.CapabilitySection]) -> [Check] {
        capabilities.enumerated().flatMap { number, capability -> [Check] in
            let place = "clearing.capabilities[\(number)]"
            return [
                { try isNew(capability.name, among: capabilities[..<number], place) },
                { try limit(capability.revocationLimit, "\(place).revocation-limit") },
            ]
        }
    }

    private func checks(_ section: ConfigurationFile.WitnessSection) -> [Check] {
        [
            { try address(section.listen, "witness.listen") },
            { _ = try WitnessOptions.name(nil, section) },
            { try metrics(section.metrics, beside: section.listen, "witness") },
            { try logLevel(section.logLevel, "witness.log-level") },
            { try certificate(section.tlsCertificate, section.tlsKey, in: "witness") },
        ] + (section.logs ?? []).enumerated().map { number, log in { try logKey(log, "witness.logs[\(number)]") } }
    }

    private func batchSize(_ size: Int?) throws {
        guard let size, !(1...1_000).contains(size) else { return }
        throw CommandFailure.usage("authority.batch-size does not take \(size)", hint: "give a number from 1 to 1000")
    }

    private func scope(_ tokens: String?) throws {
        guard let tokens, TokenScope(rawValue: tokens) == nil else { return }
        throw CommandFailure.usage(
            "clearing.tokens does not take '\(tokens)'",
            hint: "use \(TokenScope.allCases.map(\.rawValue).joined(separator: ", "))")
    }

    private func isNew(
        _ name: String, among earlier: ArraySlice<ConfigurationFile.CapabilitySection>, _ place: String
    ) throws {
        guard Capability(name) != nil else {
            throw CommandFailure.usage("\(place).name does not take '\(name)'", hint: "for example name: session")
        }
        guard !earlier.contains(where: { $0.name == name }) else {
            throw CommandFailure.usage(
                "clearing.capabilities names \(name) twice", hint: "write each capability once")
        }
    }

    private func logKey(_ text: String, _ place: String) throws {
        guard NoteVerificationKey(verifierKey: text).flatMap({ KnownLogs([$0]) }) == nil else { return }
        throw CommandFailure.usage(
            "\(place) is no verifier key of a log",
            hint: "copy the line that portes authority show --log-key prints there")
    }

    private func address(_ text: String?, _ place: String) throws {
        guard let text, (try? ListenAddress(text)) == nil else { return }
        throw CommandFailure.usage("\(place) does not take '\(text)'", hint: "give HOST:PORT, for example 127.0.0.1:8080")
    }

    private func metrics(_ text: String?, beside listen: String?, _ part: String) throws {
        try address(text, "\(part).metrics")
        guard let text, let address = try? ListenAddress(text) else { return }
        guard address.isLoopback else {
            throw CommandFailure.usage(
                "\(part).metrics takes an address of this machine alone, not '\(text)'",
                hint: "for example 127.0.0.1:9090, or read them from the admin socket")
        }
        guard address.port == 0 || text != listen else {
            throw CommandFailure.usage(
                "\(part).metrics and \(part).listen cannot both be '\(text)'", hint: "give metrics a port of their own")
        }
    }

    private func authorities(_ path: String?, _ place: String) throws {
        try readable(path, place)
        guard let path, !HTTPTransport.isCertificateAuthorityFile(path) else { return }
        throw CommandFailure.usage(
            "\(place): \(path) holds no certificate", hint: "name a PEM file of certificate authorities")
    }

    private func logLevel(_ text: String?, _ place: String) throws {
        guard let text, Logger.Level(rawValue: text) == nil else { return }
        throw CommandFailure.usage(
            "\(place) does not take '\(text)'",
            hint: "use trace, debug, info, notice, warning, error or critical")
    }

    private func name(_ text: String?, _ place: String) throws {
        guard let text, (try? ServerName(text)) == nil else { return }
        throw CommandFailure.usage("\(place) does not take '\(text)'", hint: "give HOST or HOST:PORT")
    }

    private func limit(_ text: String?, _ place: String) throws {
        guard let text, TimeSpan(text).map({ (10...30 * 86_400).contains($0.seconds) }) != true else { return }
        throw CommandFailure.usage(
            "\(place) does not take '\(text)'", hint: "write a number with s, m, h or d, from 10s to 30d")
    }

    private func readable(_ path: String?, _ place: String) throws {
        guard let path, !path.contains("credential:"), access(path, R_OK) != 0 else { return }
        throw CommandFailure.usage("\(place): \(path) cannot be read", hint: "check the path and its permissions")
    }

    private func certificate(_ certificate: String?, _ key: String?, in part: String) throws {
        guard (certificate == nil) == (key == nil) else {
            throw CommandFailure.usage(
                "\(part).tls-certificate and \(part).tls-key belong together, and only one is given",
                hint: "give both, or neither for plain http on this machine")
        }
        guard let certificate, let key else { return }
        try TLSFiles(certificateChain: certificate, privateKey: key).check()
    }
}
