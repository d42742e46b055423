import Foundation
import HTTPTransport
import SQLiteSupport
import TestSupport
import Testing

@testable import portes

/// A real authority whose log a real witness has to cosign, and a client that asks for that.
@Suite(.serialized, .timeLimit(.minutes(5))) struct WitnessedAuthorityTests {
    private func fetch(_ url: String, _ place: DemoDirectory, _ trust: [String]) throws -> CommandRun {
        try CommandRun([
            "token", "fetch", "--issuer", url, "--issuer-name", "issuer.example", "--capability", "session", "--count", "2",
            "--any-origin", "--wallet", place.root.path + "/wallet-\(UUID().uuidString)", "--voucher-file",
            place.root.path + "/code.txt",
        ] + trust)
    }

    /// The servers that a test started: ended whatever becomes of it.
    private final class Servers {
        private let place: DemoDirectory
        private var started: [ChildProcess] = []

        init(_ place: DemoDirectory) { self.place = place }

        func authority() throws -> ChildProcess {
            try start(["authority", "run", "--listen", "127.0.0.1:0", "--config", place.root.path + "/portes.yaml"]
                + place.adminFlags)
        }

        func witness(log: String, port: Int = 0) throws -> ChildProcess {
            try start([
                "witness", "run", "--listen", "127.0.0.1:\(port)", "--data", place.root.path + "/witness", "--log", log,
            ])
        }

        private func start(_ arguments: [String]) throws -> ChildProcess {
            let process = try ChildProcess(arguments)
            started.append(process)
            return process
        }

        func end() async { for process in started { await process.terminate() } }
    }

    /// Waits until a fetch comes out as `isDone` says, for at most a minute.
    private func fetch(
        _ url: String, _ place: DemoDirectory, _ trust: [String], until isDone: (CommandRun) -> Bool
    ) async throws -> CommandRun {
        let end = ContinuousClock.now + .seconds(60)
        var run = try fetch(url, place, trust)
        while !isDone(run), ContinuousClock.now < end { run = try fetch(url, place, trust) }
        return run
    }

    /// What the authority's metric says.
    private func unpublishedEntries(_ place: DemoDirectory) async throws -> Double {
        let socket = DataDirectory.socketPath(in: place.authorityData)
        let transport = try HTTPTransport()
        let answer = try await transport.send(HTTPTransportRequest(.get, .unixSocket(path: socket, uri: "/metrics")))
        await transport.shutdown()
        let text = String(decoding: answer.body, as: UTF8.self)
        return try Double(#require(text.firstMatch(of: /\nportes_key_log_unpublished_entries (\S+)/)?.1)) ?? -1
    }

    @Test func aKeyIsUsedOnceTheWitnessHasCosignedItAndNotBefore() async throws {
        let place = try DemoDirectory(nil)
        defer { place.remove() }
        let servers = Servers(place)
        do { try await useAKeyOnceItIsCosigned(place, servers) } catch {
            await servers.end()
            throw error
        }
        await servers.end()
    }

    private func useAKeyOnceItIsCosigned(_ place: DemoDirectory, _ servers: Servers) async throws {
        _ = try place.write("authority:\n  name: issuer.example\n", to: "portes.yaml")
        var server = try servers.authority()
        _ = try await server.waitForLine("listening on ")
        let log = try await ChildProcess.run(["authority", "show", "--log-key"] + place.adminFlags)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        await server.terminate()
        let key = try await ChildProcess.run(
            ["witness", "identity", "--name", "witness.example/w1", "--data", place.root.path + "/witness"])
            .trimmingCharacters(in: .whitespacesAndNewlines)
        var cosigner = try servers.witness(log: log)
        let witnessURL = try await cosigner.waitForLine("listening on ")
        _ = try place.write(
            """
            authority:
              name: issuer.example
              capabilities:
                - name: session
              log:
                witnesses:
                  - url: \(witnessURL)
                    key: \(key)

            """, to: "portes.yaml")
        server = try servers.authority()
        let url = try await server.waitForLine("listening on ")
        let voucher = ["voucher", "create", "--capability", "session", "--tokens", "100"]
        _ = try place.write(try await ChildProcess.run(voucher + place.adminFlags), to: "code.txt")
        let trust = ["--log-key", log, "--witness", key]
        // The capability of the file gets its first key by itself.
        let fetched = try await fetch(url, place, trust) { $0.code == 0 }
        #expect(fetched.code == 0, "\(fetched.errors)")
        #expect(try CommandRun(["log", "verify", url, "--witness", key, "--log-key", log]).code == 0)

        // While the witness is away, a key that takes another's place waits, and is not listed.
        await cosigner.terminate()
        let list = try await ChildProcess.run(["key", "list", "--json"] + place.adminFlags)
        let id = try #require(list.firstMatch(of: /"id"\s*:\s*"([0-9a-f]+)"/)?.1)
        let revoked = try CommandRun(["key", "revoke", String(id), "--compromised", "--yes"] + place.adminFlags)
        #expect(revoked.code == 0 && revoked.errors.contains("the key log waits for its witnesses"), "\(revoked.errors)")
        let waiting = try await unpublishedEntries(place)
        #expect(waiting > 0)
        let refused = try fetch(url, place, trust)
        #expect(refused.code == 1 && refused.errors.contains("no key for this capability"), "\(refused.errors)")
        let port = try #require(witnessURL.split(separator: ":").last.flatMap { Int($0) })
        cosigner = try servers.witness(log: log, port: port)
        _ = try await cosigner.waitForLine("listening on ")
        // Looked at again when something changes; without that once a minute.
        _ = try await ChildProcess.run(["key", "create", "--capability", "play"] + place.adminFlags)
        let again = try await fetch(url, place, trust) { $0.code == 0 }
        #expect(again.code == 0, "\(again.errors)")
        while try await unpublishedEntries(place) > 0 { try await Task.sleep(for: .milliseconds(20)) }
        let next = try await ChildProcess.run(["key", "list", "--json"] + place.adminFlags)
        let issuing = next.matches(of: /"id"\s*:\s*"([0-9a-f]+)"/).map { String($0.1) }.filter { $0 != String(id) }
        let known = try CommandRun(
            ["key", "revoke", try #require(issuing.first), "--yes", "--json"] + place.adminFlags)
        #expect(known.output.contains(/"published"\s*:\s*true/), "\(known.output)")
    }
}
