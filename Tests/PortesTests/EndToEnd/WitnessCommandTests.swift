import Foundation
import HTTPTransport
import KeyTransparency
import LibSodium
import SQLiteSupport
import TestSupport
import Testing

@testable import portes

/// `portes witness` as its operator types it.
@Suite(.timeLimit(.minutes(5))) struct WitnessCommandTests {
    private let temporary: TemporaryDirectory
    private let log = GrowingLog("issuer.example/log")

    init() throws { temporary = try TemporaryDirectory() }

    private func witness(_ arguments: [String], environment: [String: String] = [:]) throws -> CommandRun {
        try CommandRun(
            ["witness"] + arguments, environment: ["PORTES_DATA": temporary.path].merging(environment) { $1 })
    }

    @Test func aWitnessIsMadeOnceUnderANameThatStays() throws {
        let nameless = try witness(["identity"])
        #expect(nameless.code == 64 && nameless.output.isEmpty)
        #expect(
            nameless.errors == """
                portes: error: the witness has no name yet
                portes: hint: give it one that stays, such as --name witness.example/w1

                """)
        #expect(!FileManager.default.fileExists(atPath: temporary.path))
        let made = try witness(["identity", "--name", "witness.example/w1"])
        #expect(made.code == 0 && made.output.hasPrefix("witness.example/w1+") && made.errors.isEmpty)
        let key = try #require(NoteVerificationKey(verifierKey: String(made.output.dropLast())))
        #expect(key.type == .cosignature)
        #expect(try witness(["identity"]).output == made.output)
        #expect(try witness(["identity"], environment: ["PORTES_NAME": "witness.example/w1"]).output == made.output)
        let json = try witness(["identity", "--json"]).output
        #expect(json.contains(#""verifier-key" : "\#(key.verifierKey)""#))
        let other = try witness(["identity", "--name", "other.example"])
        #expect(other.code == 1 && other.output.isEmpty)
        #expect(other.errors.hasPrefix("portes: error: this witness is witness.example/w1, not other.example\n"))
    }

    @Test func aCopyIsNotStarted() throws {
        #expect(try witness(["identity", "--name", "witness.example"]).code == 0)
        let copy = temporary.path + "-copy"
        try FileManager.default.copyItem(atPath: temporary.path, toPath: copy)
        let run = try witness(
            ["run", "--log", log.key.verifierKey, "--listen", "127.0.0.1:0"], environment: ["PORTES_DATA": copy])
        #expect(run.code == 1)
        #expect(run.errors.hasPrefix("portes: error: the witness's database is a copy, and may be older than"))
        #expect(run.errors.contains("portes: hint: a witness is never restored from a copy"))
    }

    @Test func aRunningWitnessIsAskedThroughItsSocket() async throws {
        #expect(try witness(["log", "list"]).errors.hasPrefix("portes: error: there is no witness in "))
        let identity = try witness(["identity", "--name", "witness.example/w1"]).output
        #expect(try witness(["log", "list"]).errors == "nothing was cosigned yet\n")
        let file = temporary.path + ".yaml"
        try """
            witness:
              data: \(temporary.path)
              listen: 127.0.0.1:0
              logs:
                - \(log.key.verifierKey)
            """.write(toFile: file, atomically: true, encoding: .utf8)
        let server = try ChildProcess(["witness", "run", "--config", file])
        let url = try await server.waitForLine("cosigning as \(identity)listening on ")
        let transport = try HTTPTransport()
        let answer = try await transport.post(
            url + "/add-checkpoint", contentType: "text/plain", body: log.request(old: 0, new: 20).encoded)
        #expect(answer.status == 200)
        #expect(try await transport.get(url + "/readyz").status == 200)
        #expect(try await transport.get(url + "/livez").status == 200)
        // What is for the operator alone is not served to everybody.
        for path in ["/identity", "/logs", "/metrics"] { #expect(try await transport.get(url + path).status == 404) }
        let metrics = try await transport.send(
            HTTPTransportRequest(
                .get, .unixSocket(path: DataDirectory.socketPath(in: temporary.path), uri: "/metrics")))
        #expect(metrics.text.contains("portes_checkpoints_total{outcome=\"cosigned\"} 1\n"))
        await transport.shutdown()

        #expect(try witness(["identity", "--config", file]).output == identity)
        let running = try witness(["log", "list"])
        #expect(running.code == 0 && running.output.contains("issuer.example/log  20    "))
        let other = try witness(["identity", "--name", "other.example"])
        #expect(other.code == 1 && other.errors.contains("this witness is witness.example/w1, not other.example"))
        let second = try witness(["run", "--log", log.key.verifierKey, "--listen", "127.0.0.1:0"])
        #expect(second.code == 1 && second.errors.hasPrefix("portes: error: another process uses "))
        await server.terminate()
        #expect(try witness(["log", "list"]).output == running.output)
        #expect(try witness(["log", "list", "--json"]).output.contains(#""size" : 20"#))
    }

    @Test func logsComeFromTheEnvironmentToo() async throws {
        let other = GrowingLog("other.example/log")
        let server = try ChildProcess(
            ["witness", "run", "--listen", "127.0.0.1:0"],
            environment: [
                "PORTES_DATA": temporary.path, "PORTES_NAME": "witness.example",
                "PORTES_LOGS": "\(log.key.verifierKey) \(other.key.verifierKey)",
            ])
        let url = try await server.waitForLine("listening on ")
        let transport = try HTTPTransport()
        for log in [log, other] {
            let answer = try await transport.post(
                url + "/add-checkpoint", contentType: "text/plain", body: log.request(old: 0, new: 20).encoded)
            #expect(answer.status == 200)
        }
        await transport.shutdown()
        await server.terminate()
    }

    private static let logKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    private static let witnessKey =
        NoteSigner(name: NoteKeyName("witness.example")!, key: Ed25519.PrivateKey())
        .verificationKey(.cosignature).verifierKey

    @Test(arguments: [
        ([], "no log is given"), (["--log", "nonsense"], "--log does not take 'nonsense': it is no verifier key"),
        (["--log", witnessKey], "--log does not take the key of a witness"),
        (["--name", "https://witness.example"], "--name does not take 'https://witness.example'"),
        (["--log", logKey, "--metrics", "0.0.0.0:1"], "--metrics takes an address of this machine alone"),
    ])
    func aSettingThatCannotBeRightIsWrongUsage(arguments: [String], message: String) throws {
        let run = try witness(["run", "--listen", "127.0.0.1:0"] + arguments)
        #expect(run.code == 64 && run.errors.hasPrefix("portes: error: \(message)"), "\(run.errors)")
        #expect(run.errors.contains("\nportes: hint: "))
        #expect(!FileManager.default.fileExists(atPath: temporary.path))
    }
}
