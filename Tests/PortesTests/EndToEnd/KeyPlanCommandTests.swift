import Foundation
import KeyTransparency
import LibSodium
import TestSupport
import Testing

@testable import portes

/// `portes key plan`, `portes config check` and `portes config show` as an admin types them.
@Suite(.serialized, .timeLimit(.minutes(5))) struct KeyPlanCommandTests {
    private struct Plan: Decodable {
        struct Capability: Decodable {
            let nextKey: Int
            let steps: [Step]
            enum CodingKeys: String, CodingKey {
                case steps
                case nextKey = "next-key"
            }
        }
        struct Step: Decodable {
            let at: Int
            let event: String
            let keyID: String?
            enum CodingKeys: String, CodingKey {
                case at, event
                case keyID = "key-id"
            }
        }
        let capabilities: [Capability]
    }

    private func withDirectory(_ body: (DemoDirectory) throws -> Void) throws {
        let place = try DemoDirectory(nil)
        defer { place.remove() }
        try body(place)
    }

    @Test func aPlanSaysWhatWillHappenAndWhen() throws {
        try withDirectory { place in
            let none = try CommandRun(["key", "plan"] + place.adminFlags)
            #expect(none.code == 1 && none.errors.contains("there is no authority in"))
            let create = ["key", "create", "--capability", "session", "--epoch", "7d", "--acceptance", "7d"]
            #expect(try CommandRun(create + place.adminFlags).code == 0)
            let plan = try CommandRun(["key", "plan", "--days", "20"] + place.adminFlags)
            #expect(plan.code == 0)
            let lines = plan.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            #expect(lines[0] == "CAPABILITY  TYPE    EPOCH  ACCEPTANCE  ANNOUNCED  NEXT KEY IS MADE")
            #expect(lines[1].hasPrefix("session     0x0005  7d     7d          1d ahead   20"))
            let json = try CommandRun(["key", "plan", "--days", "20", "--json"] + place.adminFlags)
            let planned = try #require(
                JSONDecoder().decode(Plan.self, from: Data(json.output.utf8)).capabilities.first)
            func time(_ event: String) -> Int? { planned.steps.first { $0.event == event && $0.keyID != nil }?.at }
            let (day, ends) = (86_400, try #require(time("issuing-ends")))
            #expect(planned.nextKey == ends - day - 3_600)
            #expect(time("acceptance-ends") == ends + 7 * day && time("destroyed") == ends + 8 * day)
            let steps = lines.filter { $0.hasPrefix("20") }.map { line in
                line.split(separator: " ").drop { $0 != "0x0005" }.dropFirst().map(String.init)
            }
            // In the second in which the key is made it has yet to begin.
            let first = ["begins", "to", "issue"]
            #expect(
                steps.drop { Array($0.dropFirst()) == first && !$0[0].hasPrefix("+") }.map { ($0[0].hasPrefix("+") ? $0[0] : "ID") + " " + $0.dropFirst().joined(separator: " ") } == [
                    "+1 is made and announced", "+1 begins to issue", "ID stops issuing", "+2 is made and announced",
                    "+2 begins to issue", "+1 stops issuing", "ID is no longer accepted",
                    "ID secret destroyed, ledger closed, end logged", "+3 is made and announced",
                ], "\(plan.output)")
            // The timeline: announced, issuing, accepted.
            let bars = lines.filter { $0.hasPrefix("session") && $0.contains("==") }
            #expect(bars.count == 3 && bars[0].contains("=====") && bars[0].contains("-----"), "\(plan.output)")
            #expect(bars[1].contains("..") && bars[1].contains("====="))
        }
    }

    @Test func aPlanOfShortEpochsIsCutOff() throws {
        try withDirectory { place in
            let create = ["key", "create", "--capability", "session", "--epoch", "20m", "--acceptance", "20m"]
            #expect(try CommandRun(create + place.adminFlags).code == 0)
            let plan = try CommandRun(["key", "plan"] + place.adminFlags)
            #expect(plan.output.split(separator: "\n").count == 2 + 101 + 40)
            #expect(plan.errors.contains("only the first 100 of "))
        }
    }

    private struct Created: Decodable {
        struct Record: Decodable {
            let notBefore: Int
            let issueUntil: Int
            let acceptUntil: Int
            enum CodingKeys: String, CodingKey {
                case notBefore = "not-before"
                case issueUntil = "issue-until"
                case acceptUntil = "accept-until"
            }
        }
        let record: Record
    }

    @Test func aKeyIssuesAndIsAcceptedForAWeekWhereNothingIsSaid() throws {
        try withDirectory { place in
            let made = try CommandRun(["key", "create", "--capability", "session", "--json"] + place.adminFlags)
            let record = try JSONDecoder().decode(Created.self, from: Data(made.output.utf8)).record
            #expect(record.issueUntil - record.notBefore == 7 * 86_400)
            #expect(record.acceptUntil - record.issueUntil == 7 * 86_400)
        }
    }

    @Test func aKeyForDevelopmentIsNotMadeBesidePromises() throws {
        try withDirectory { place in
            #expect(try CommandRun(["key", "create", "--capability", "session"] + place.adminFlags).code == 0)
            let mixed = try CommandRun(["key", "create", "--capability", "play", "--development"] + place.adminFlags)
            #expect(mixed.code == 1 && mixed.errors.contains("apps elsewhere would refuse all its keys"))
        }
    }

    @Test func aConfigurationIsCheckedWithoutMakingAnything() throws {
        try withDirectory { place in
            func check(_ text: String) throws -> CommandRun {
                try CommandRun(["config", "check", "--config", place.write(text, to: "portes.yaml")])
            }
            let right = try check("authority:\n  name: issuer.example\n  capabilities: [{name: session}, {name: play, epoch: 1d, acceptance: 1d}]\n")
            #expect(right.code == 0 && right.output.hasSuffix("portes.yaml is right: an authority with 2 capabilities\n"))
            let witness = try NoteSigner(name: #require(NoteKeyName("witness.example/w1")), key: Ed25519.PrivateKey())
                .verificationKey(.cosignature).verifierKey
            let other = try NoteSigner(name: #require(NoteKeyName("witness.example/w2")), key: Ed25519.PrivateKey())
                .verificationKey(.cosignature).verifierKey
            let entry = "{url: 'https://witness.example', key: '\(witness)'}"
            for (text, complaint) in [
                ("authority: {capabilities: [{nam: session}]}", "unknown setting authority.capabilities.nam"),
                ("authority: {capabilities: [{name: Session}]}", "authority.capabilities[0].name does not take 'Session'"),
                ("authority: {capabilities: [{name: a, epoch: 7}]}", "authority.capabilities[0].epoch does not take '7'"),
                ("authority: {capabilities: [{name: a, acceptance: 30d}]}", "more than three keys of a would be live"),
                // Acceptance and announcement are at most twice the epoch, less an hour.
                ("authority: {capabilities: [{name: a, acceptance: 312h}]}", "more than three keys of a would be live"),
                ("authority: {capabilities: [{name: a}, {name: a}]}", "authority.capabilities names a twice"),
                (
                    "authority: {capabilities: [{name: a, epoch: 6m, acceptance: 6m}]}",
                    "243 keys would be kept at a time, and requests tell no more than 240 apart"
                ),
                ("authority: {capabilities: [{name: a, token-type: 9}]}", "token-type does not take 9"),
                ("authority: {capabilities: [{name: a, quota: 0}]}", "quota does not take 0"),
                ("authority: {log: {threshold: 1}}", "1 of 0 witnesses can never cosign"),
                ("authority: {log: {witnesses: [{url: x, key: y}]}}", "authority.log.witnesses[0].key is no verifier key"),
                ("authority: {log: {witnesses: [\(entry), \(entry)]}}", "witness.example/w1 is named twice"),
                (
                    "authority: {log: {witnesses: [{url: 'http://witness.example', key: '\(witness)'}]}}",
                    "authority.log.witnesses[0].url does not take"
                ),
                (
                    "authority: {log: {witnesses: [\(entry), {url: 'https://witness.example/', key: '\(other)'}]}}",
                    "authority.log.witnesses[1].url is that of another witness"
                ),
                ("clearing: {capabilities: [{name: a}, {name: a}]}", "clearing.capabilities names a twice"),
                ("authority: {passphrase-file: /nowhere}", "authority.passphrase-file: /nowhere cannot be read"),
                ("authority: {metrics: '0.0.0.0:1'}", "authority.metrics takes an address of this machine alone"),
                (
                    "authority: {listen: '127.0.0.1:1', metrics: '127.0.0.1:1'}",
                    "authority.metrics and authority.listen cannot both be '127.0.0.1:1'"
                ),
                (
                    "clearing: {authority-certificate: \(place.passphraseFile)}",
                    "clearing.authority-certificate: \(place.passphraseFile) holds no certificate"
                ),
                ("authority: {batch-size: 0}", "authority.batch-size does not take 0"),
                ("authority: {log-level: loud}", "authority.log-level does not take 'loud'"),
                ("clearing: {authority-key: KEY}", "--authority-key does not take that"),
                ("witness: {name: 'https://x'}", "--name does not take 'https://x'"),
                ("witness: {logs: ['\(witness)']}", "witness.logs[0] is no verifier key of a log"),
                ("authority: {listen: nowhere}", "authority.listen does not take 'nowhere'"),
                ("clearing: {issuer: 'http://issuer.example'}", "clearing.issuer does not take"),
                ("clearing: {capabilities: [{name: a, revocation-limit: 5}]}", "revocation-limit does not take '5'"),
                ("witness: {logs: [x]}", "witness.logs[0] is no verifier key of a log"),
            ] {
                let wrong = try check(text + "\n")
                #expect(wrong.code == 64 && wrong.errors.contains(complaint), "\(text): \(wrong.errors)")
                #expect(wrong.errors.contains("portes: hint: "), "\(text)")
            }
            #expect(try check("authority: {capabilities: [{name: a, acceptance: 311h}]}\n").code == 0)
            // All of it is said.
            let many = try check("authority: {listen: x, log-level: y}\nclearing: {tokens: z}\n")
            #expect(many.code == 64 && many.errors.components(separatedBy: "portes: error: ").count == 4)
            #expect(try CommandRun(["config", "check", "--config", place.root.path + "/none"]).code == 64)
            #expect(!FileManager.default.fileExists(atPath: place.authorityData))
        }
    }

    @Test func everySettingIsShownWithItsDefaultAndNoSecret() throws {
        try withDirectory { place in
            let file = try place.write(
                "authority: {capabilities: [{name: session, quota: 5}]}\nclearing: {issuer: 'https://issuer.example'}\n",
                to: "portes.yaml")
            let shown = try CommandRun(["config", "show", "--config", file])
            #expect(shown.code == 0, "\(shown.errors)")
            for line in [
                /authority\.capabilities\[0\]\.epoch +7d +default\n/,
                /authority\.capabilities\[0\]\.acceptance +7d +default\n/,
                /authority\.capabilities\[0\]\.announcement +1d +default\n/,
                /authority\.capabilities\[0\]\.tokens-per-key +1099511627776 +default\n/, /authority\.capabilities\[0\]\.quota +5\n/,
                /authority\.log\.threshold +0 +default\n/, /clearing\.issuer +https:\/\/issuer\.example\n/,
            ] { #expect(shown.output.contains(line)) }
            // Of a file with a secret the path is shown.
            let kept = try place.write("authority: {passphrase-file: \(place.passphraseFile)}\n", to: "kept.yaml")
            let secret = try String(contentsOfFile: place.passphraseFile, encoding: .utf8)
            let path = try CommandRun(["config", "show", "--config", kept]).output
            #expect(path.contains(place.passphraseFile))
            #expect(!path.contains(secret.trimmingCharacters(in: .newlines)))
            // No URL with a name and a password is taken; were one to be, they would not be shown.
            let text = "clearing: {issuer: 'https://user:secret@issuer.example/x'}"
            let named = try ConfigurationListing(ConfigurationFile.parse(text, path: "x")).lines.joined()
            #expect(named.contains("https://(redacted)@issuer.example/x") && !named.contains("secret"))
            let json = try CommandRun(["config", "show", "--config", file, "--json"])
            #expect(json.output.contains(/"authority.listen" : \{\n +"default" : true,\n +"value" : "127.0.0.1:8080"/))
        }
    }
}
