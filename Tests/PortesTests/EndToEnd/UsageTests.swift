import Foundation
import TestSupport
import Testing

@testable import portes

/// A setting that cannot be right: the command exits with 64, names it, shows one that can, and makes nothing.
@Suite(.timeLimit(.minutes(5))) struct UsageTests {
    static let authority = ["authority", "run", "--listen", "127.0.0.1:0", "--name", "issuer.example"]
    static let clearing = [
        "clearing", "run", "--listen", "127.0.0.1:0", "--origin", "play.example", "--issuer", "http://127.0.0.1:1",
    ]
    static let voucher = ["voucher", "create", "--capability", "session", "--tokens", "1"]

    static let fetch = [
        "token", "fetch", "--issuer", "https://issuer.example", "--capability", "session", "--any-origin", "--wallet", "x",
    ]

    /// What is typed, and the setting that the message names.
    static let typed: [(arguments: [String], named: String)] = [
        (authority + ["--listen", "nonsense"], "--listen"), (authority + ["--log-level", "loud"], "--log-level"),
        (authority + ["--batch-size", "0"], "--batch-size"), (authority + ["--batch-size", "many"], "--batch-size"),
        (authority + ["--tls-key", "key.pem"], "--tls-key"), (authority + ["--metrics", "0.0.0.0:1"], "--metrics"),
        (authority + ["--name", "http://a"], "--name"),
        (authority + ["--development", "--listen", "0.0.0.0:0"], "--development"),
        (clearing + ["--tokens", "mine"], "--tokens"), (clearing + ["--capability", "A B"], "--capability"),
        (clearing + ["--revocation-limit", "1w"], "--revocation-limit"), (clearing + ["--issuer", "http://a"], "--issuer"),
        (clearing + ["--revocation-limit", "0s"], "--revocation-limit"),
        (clearing + ["--revocation-limit", "400d"], "--revocation-limit"),
        (authority + ["--listen", "127.0.0.1:1", "--metrics", "127.0.0.1:1"], "--metrics"),
        (clearing + ["--listen", "127.0.0.1:1", "--metrics", "127.0.0.1:1"], "--metrics"),
        (clearing + ["--authority-key", "AAAA"], "--authority-key"), (clearing + ["--origin", "/"], "--origin"),
        (["clearing", "run", "--listen", "127.0.0.1:0", "--origin", "a.example"], "--issuer"),
        (["key", "create", "--capability", "Session"], "--capability"),
        (["key", "create", "--capability", "session", "--epoch", "0s"], "--epoch"),
        (["key", "create", "--capability", "session", "--epoch", "soon"], "--epoch"),
        (["key", "create", "--capability", "session", "--acceptance", "4000d"], "--acceptance"),
        (["key", "create", "--capability", "session", "--not-before", "1"], "--not-before"),
        (["key", "create", "--capability", "session", "--token-type", "0x0009"], "--token-type does not take 9"),
        (["key", "create", "--capability", "session", "--token-type", "0x00002g"], "--token-type"),
        (fetch + ["--token-type", "9"], "--token-type does not take 9"), (fetch + ["--token-type", "x"], "--token-type"),
        (["token", "spend", "--wallet", "x", "--origin", "https://a", "--method", "put"], "--method"),
        (["key", "rotate", "A B"], "A B"), (["key", "retire", "3f9a", "--yes"], "3f9a"),
        (["key", "revoke", "xyzxyzxyz"], "xyzxyzxyz"), (["key", "revoke", "3f9a0c51", "--reason", "mood"], "--reason"),
        (voucher + ["--tokens", "0"], "--tokens"), (voucher + ["--count", "10001"], "--count"),
        (["voucher", "revoke", "abc", "--yes"], "voucher's id"),
        (fetch + ["--issuer", "http://issuer.example"], "--issuer does not take"),
        (fetch + ["--issuer", "issuer.example"], "--issuer"), (fetch + ["--proxy", "ftp://x"], "--proxy"),
        (fetch + ["--capability", "A B"], "--capability"),
        (["token", "spend", "--wallet", "x", "--origin", "play.example"], "--origin"),
        (["verifier", "add", "shop", "AAAA", "--capability", "session"], "identity key"),
        (["verifier", "add", "shop 1", "AAAA", "--capability", "session"], "shop 1"),
    ]

    @Test(arguments: typed) func aFlagThatCannotBeRightIsWrongUsage(arguments: [String], named: String) throws {
        try expectUsage(arguments, named: named)
    }

    /// A variable, or a line of a configuration file, and the setting that the message names.
    static let configured: [(server: [String], variable: String, line: String, value: String, named: String)] = [
        (["authority", "run", "--name", "a"], "PORTES_LISTEN", "listen", "nonsense", "--listen"),
        (["authority", "run", "--name", "a"], "PORTES_LOG_LEVEL", "log-level", "loud", "--log-level"),
        (["authority", "run", "--name", "a"], "PORTES_BATCH_SIZE", "batch-size", "5000", "--batch-size"),
        (["authority", "run", "--name", "a"], "PORTES_TLS_KEY", "tls-key", "key.pem", "--tls-key"),
        (clearing, "PORTES_TOKENS", "tokens", "mine", "--tokens"),
        (clearing, "PORTES_REVOCATION_LIMIT", "revocation-limit", "1w", "--revocation-limit"),
        (clearing, "PORTES_REVOCATION_LIMIT", "revocation-limit", "9s", "--revocation-limit"),
        (clearing, "PORTES_AUTHORITY_KEY", "authority-key", "AAAA", "--authority-key"),
    ]

    @Test(arguments: configured) func theEnvironmentAndTheFileAreHeldToTheSame(
        server: [String], variable: String, line: String, value: String, named: String
    ) throws {
        try expectUsage(server, environment: [variable: value], named: named)
        try expectUsage(server, file: "\(server[0]):\n  \(line): \(value)\n", named: named)
    }

    @Test(arguments: ["authority:\n  lisen: a\n", "authority: [1", "authority:\n  batch-size: many\n"])
    func aFileThatIsNoConfigurationIsWrongUsage(text: String) throws {
        try expectUsage(["authority", "run"], file: text, named: "portes.yaml")
    }

    @Test func aSettingInAFileIsNamedByItsPlaceAndItsCapability() throws {
        let limit = "clearing:\n  capabilities:\n    - name: play\n      revocation-limit: 31d\n"
        try expectUsage(Self.clearing, file: limit, named: "capability play")
        let list = "clearing:\n  capabilities:\n    - name: [a]\n"
        try expectUsage(Self.clearing, file: list, named: "clearing.capabilities[0].name has a value of the wrong kind")
        try expectUsage(Self.clearing, file: "nonsense", named: "the file has a value of the wrong kind")
    }

    @Test func aFileThatCannotBeUsedIsFoundBeforeAnythingIsMade() throws {
        let tls = ["--tls-certificate", "/nowhere/chain.pem", "--tls-key", "/nowhere/key.pem"]
        try expect(1, Self.authority + tls, named: "/nowhere/chain.pem")
        try expect(1, Self.clearing + tls, named: "/nowhere/chain.pem")
        try expect(1, Self.clearing + ["--certificate-authority", "/nowhere/ca.pem"], named: "certificate")
        try expect(1, Self.clearing + ["--authority-certificate", "/nowhere/ca.pem"], named: "certificate")
    }

    private func expectUsage(
        _ arguments: [String], environment: [String: String] = [:], file: String? = nil, named: String
    ) throws {
        try expect(64, arguments, environment: environment, file: file, named: named)
    }

    private func expect(
        _ code: Int32, _ arguments: [String], environment: [String: String] = [:], file: String? = nil, named: String
    ) throws {
        let root = URL(filePath: TemporaryDirectory.newPath())
        defer { try? FileManager.default.removeItem(at: root) }
        let place = try DemoDirectory(root.path)
        var arguments = arguments
        if let file { arguments += ["--config", try place.write(file, to: "portes.yaml")] }
        let before = try FileManager.default.contentsOfDirectory(atPath: root.path).sorted()
        let directories = ["PORTES_DATA": place.authorityData, "PORTES_KEYS": place.keys]
        let run = try CommandRun(arguments, environment: directories.merging(environment) { $1 })
        #expect(run.code == code, "\(arguments) \(environment)")
        let lines = run.errors.split(separator: "\n")
        #expect(lines.first?.hasPrefix("portes: error: ") == true && run.output.isEmpty)
        #expect(lines.first?.contains(named) == true, "\(run.errors)")
        // The parser's own complaints come with the flag's help.
        #expect(lines.contains { $0.hasPrefix("portes: hint: ") || $0.hasPrefix("Help:") }, "\(run.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: root.path).sorted() == before, "\(arguments)")
    }
}
