import Foundation
import HTTPTransport
import TestSupport
import Testing

@testable import portes

/// The key log of a real authority, as apps and watchers meet it.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LogServerTests {
    private func command(
        _ verb: String, _ url: String, wallet: String, _ place: DemoDirectory, _ more: [String] = []
    ) throws -> CommandRun {
        try CommandRun([
            "token", verb, "--issuer", url, "--issuer-name", "issuer.example", "--capability", "session", "--count", "2",
            "--any-origin", "--voucher-file", "\(place.root.path)/code.txt", "--wallet", wallet,
        ] + more)
    }

    /// Runs `body` with an authority that has a key, a voucher in `code.txt`, and the log's key.
    private func withAuthority(_ body: (_ url: String, _ logKey: String, DemoDirectory) async throws -> Void) async throws {
        let place = try DemoDirectory(nil)
        defer { place.remove() }
        _ = try await ChildProcess.run(["key", "create", "--capability", "session"] + place.adminFlags)
        let server = try ChildProcess(
            ["authority", "run", "--listen", "127.0.0.1:0", "--name", "issuer.example"] + place.adminFlags)
        let url = try await server.waitForLine("listening on ")
        let voucher = ["voucher", "create", "--capability", "session", "--tokens", "100"]
        _ = try place.write(try await ChildProcess.run(voucher + place.adminFlags), to: "code.txt")
        let key = try await ChildProcess.run(["authority", "show", "--log-key"] + place.adminFlags)
        do {
            try await body(url, key.trimmingCharacters(in: .whitespacesAndNewlines), place)
        } catch {
            await server.terminate()
            throw error
        }
        await server.terminate()
    }

    @Test func aFetchFollowsTheLogOverARevocationAndRemembersItsKey() async throws {
        try await withAuthority { url, logKey, place in
            let wallet = place.root.appending(path: "wallet").path
            #expect(try command("fetch", url, wallet: wallet, place, ["--log-key", logKey]).code == 0)
            let keys = try await ChildProcess.run(["key", "list", "--json"] + place.adminFlags)
            let id = try #require(keys.firstMatch(of: /"id"\s*:\s*"([0-9a-f]+)"/)?.1)
            _ = try await ChildProcess.run(["key", "revoke", String(id), "--compromised", "--yes"] + place.adminFlags)
            let again = try command("fetch", url, wallet: wallet, place)
            #expect(again.code == 0 && again.output == "fetched 2 tokens of session; the wallet has 4\n")
            let other = try LogDirectoryFixture()
            let refused = try command("fetch", url, wallet: wallet, place, ["--log-key", other.logKey])
            #expect(refused.code == 1 && refused.output.isEmpty)
            #expect(refused.errors.hasPrefix("portes: error: the log's key is another than the one seen before\n"))
            let unwitnessed = try command(
                "fetch", url, wallet: wallet, place, ["--witness", other.witnessKey, "--log-key", logKey])
            #expect(unwitnessed.errors.hasPrefix("portes: error: the log's checkpoint has 0 of 1 cosignatures within"))
            let forgetful = try command("fetch", url, wallet: wallet, place, ["--log-key", other.logKey, "--forget-log"])
            #expect(forgetful.errors.hasPrefix("portes: error: the log's checkpoint is not signed with the log's key"))
        }
    }

    /// What the file says of a capability, as an app meets it.
    @Test func aCapabilitysOwnLimitsHold() async throws {
        let place = try DemoDirectory(nil)
        defer { place.remove() }
        let said = "{name: session, batch-size: 2, quota: 3}"
        let file = try place.write("authority: {name: issuer.example, capabilities: [\(said)]}\n", to: "portes.yaml")
        let server = try ChildProcess(
            ["authority", "run", "--listen", "127.0.0.1:0", "--config", file] + place.adminFlags)
        let url = try await server.waitForLine("listening on ")
        let voucher = ["voucher", "create", "--capability", "session", "--tokens", "100"]
        _ = try place.write(try await ChildProcess.run(voucher + place.adminFlags), to: "code.txt")
        func fetch(_ count: Int) throws -> CommandRun {
            try CommandRun([
                "token", "fetch", "--issuer", url, "--issuer-name", "issuer.example", "--capability", "session",
                "--count", String(count), "--any-origin", "--voucher-file", place.root.path + "/code.txt", "--wallet",
                place.root.path + "/wallet",
            ])
        }
        // Its first key is made by itself.
        let end = ContinuousClock.now + .seconds(60)
        var first = try fetch(2)
        while first.code != 0, ContinuousClock.now < end { first = try fetch(2) }
        let (large, more) = (try fetch(3), try fetch(2))
        await server.terminate()
        #expect(first.code == 0, "\(first.errors)")
        #expect(large.code == 1 && large.errors.contains("gives fewer tokens at a time"), "\(large.errors)")
        #expect(more.code == 1 && more.errors.contains("draws no more tokens in this epoch"), "\(more.errors)")
    }

    @Test func exportedFilesAreTheOnesThatAreServed() async throws {
        try await withAuthority { url, _, place in
            let root = place.root.appending(path: "exported").path
            #expect(try CommandRun(["log", "export", root] + place.adminFlags).code == 0)
            let files = try FileManager.default.subpathsOfDirectory(atPath: root).filter { path in
                var isDirectory: ObjCBool = false
                _ = FileManager.default.fileExists(atPath: root + "/" + path, isDirectory: &isDirectory)
                return !isDirectory.boolValue
            }
            let transport = try HTTPTransport()
            for path in files {
                let address = path == "revocations/0" ? "/revocations?after=0" : "/log/" + path
                // Of the list's head each one that is asked for is newer.
                guard path != "revocations/head" else { continue }
                let served = try await transport.get(url + address)
                #expect(served.status == 200, "\(path)")
                #expect(try served.body == Array(Data(contentsOf: URL(filePath: root + "/" + path))), "\(path)")
            }
            await transport.shutdown()
            let named = Set(files)
            #expect(named.isSuperset(of: ["checkpoint", "key", "tile/0/000.p/2", "tile/entries/000.p/2", "revocations/head"]))
        }
    }

    @Test func theLogOfARunningAuthorityIsVerifiedAndWatched() async throws {
        try await withAuthority { url, logKey, place in
            let state = place.root.appending(path: "log-state").path
            let options = [url, "--log-key", logKey, "--state", state]
            let verified = try CommandRun(["log", "verify"] + options)
            #expect(verified.code == 0 && verified.errors.isEmpty)
            #expect(verified.output.hasSuffix("issuer.example/log: 2 entries; every rule held\n"))
            let watch = try ChildProcess(["log", "watch"] + options + ["--interval", "1s"])
            _ = try await watch.waitForLine("watching issuer.example/log, ")
            _ = try await ChildProcess.run(["key", "create", "--capability", "play"] + place.adminFlags)
            while !(try String(contentsOfFile: state, encoding: .utf8)).contains("\n4\n") {
                try await Task.sleep(for: .milliseconds(20))
            }
            await watch.terminate()
            #expect(watch.status == 0)
        }
    }

    /// Another authority's log under the same name, as after a database was thrown away.
    @Test func anAuthorityThatBeganAnewIsRefusedUntilItsLogIsForgotten() async throws {
        let kept = URL(filePath: TemporaryDirectory.newPath())
        try FileManager.default.createDirectory(at: kept, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: kept) }
        let wallet = kept.appending(path: "wallet").path
        try await withAuthority { url, _, place in
            let first = try command("fetch", url, wallet: wallet, place)
            #expect(first.code == 0)
        }
        try await withAuthority { url, _, place in
            let refused = try command("fetch", url, wallet: wallet, place)
            #expect(refused.code == 1 && refused.errors.contains("is not signed with the log's key"))
            #expect(refused.errors.contains("add --forget-log once"))
            #expect(try command("fetch", url, wallet: wallet, place, ["--forget-log"]).code == 0)
        }
    }
}
