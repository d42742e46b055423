import Foundation
import KeyFiles
import LibSodium
import PortesClient
import PrivacyPass
import TestSupport
import Testing

@testable import portes

/// Canaries that were pushed through every flow are in no database, journal, log, metric, backup or answer afterwards,
/// and no hash of one that takes no key.
///
/// Two things are exempt, and are said in `Docs/ThreatModel.md`: names that an admin gives clearing servers, one of
/// which is looked for here so that the scan is seen to find; and what a client seals for itself in a recovery record.
@Suite(.serialized, .timeLimit(.minutes(10))) struct CanaryTests {
    private static let control = "a-name-that-an-admin-gave"

    @Test func noCanaryIsLeftAnywhereAfterEveryFlow() async throws {
        let place = try DemoDirectory(nil)
        defer { place.remove() }
        let servers = try await DemoServers.start(in: place, withOtherTypes: true, withAgeCheck: true, loggingAt: "trace")
        let flow = try CanaryFlow(servers)
        let result: Result<Void, any Error>
        do { result = .success(try await push(flow, servers, place)) } catch { result = .failure(error) }
        await servers.stop()
        await servers.authority.waitUntilSilent()
        await servers.clearing.waitUntilSilent()
        try result.get()
        // Once more, with the journals written back and all that was logged at the end.
        try expectNothing(in: place)
        let log = try String(contentsOfFile: place.transcript(of: "authority"), encoding: .utf8)
        #expect(log.contains("listening on ") && log.contains("act=voucher-create"))
    }

    private func push(_ flow: CanaryFlow, _ servers: DemoServers, _ place: DemoDirectory) async throws {
        let app = try DemoApp(servers: servers)
        let key = try await app.currentKey(for: "session")
        let challenge = try await app.challenge()
        await app.close()
        let voucher = try await ChildProcess.run(
            ["voucher", "create", "--capability", "session", "--tokens", "20"] + place.adminFlags)
        try flow.read(keyID: key.id)
        let tokens = try flow.fetch(
            6, key: key, challenge: challenge, voucher: voucher.trimmingCharacters(in: .whitespacesAndNewlines))
        try flow.spend(tokens)
        try flow.useSessions(Array(tokens[4...]))
        try flow.readSpent(key.id)
        try flow.knockAtAccounts()
        try await CanaryBackend(servers: servers, place: place).serve(flow)
        try await checkAge(servers, place)
        try await DemoService.serving(accountsIn: place.root.path + "/accounts") { url in
            try await OffPool.run { try flow.signIn(at: url) }
        }
        try await name(place)
        let scan = CanaryScan()
        for answer in flow.answers {
            let found = scan.found(in: answer.bytes)
            #expect(found.isEmpty, "\(found) in \(String(decoding: answer.bytes, as: UTF8.self))")
        }
        #expect(flow.answers.count { CanaryScan.contains($0.bytes, "application/problem+json") } > 30)
        try metrics(place)
        try await backups(place)
        try expectNothing(in: place)
        // The same scan finds what it is known to be there: in the database or its journal, and in the backup.
        let files = try CanaryScan.files(below: place.root.path)
        for directory in ["authority/", "opened/authority/"] {
            #expect(files.contains { $0.name.hasPrefix(directory) && CanaryScan.contains($0.bytes, Self.control) })
        }
        #expect(files.contains { $0.name == "clearing/clearing.sqlite-wal" && !$0.bytes.isEmpty })
        #expect(files.contains { $0.name == "accounts/sign-in.sqlite" && !$0.bytes.isEmpty })
        #expect(files.contains { $0.name == "origin/origin.sqlite" && !$0.bytes.isEmpty })
    }

    /// An age check with a date of birth and a name in the statement itself, which no party asked for.
    private func checkAge(_ servers: DemoServers, _ place: DemoDirectory) async throws {
        let buyer = try DemoBuyer(servers: servers, directory: place.root.path, name: "buyer")
        let further = #","birthdate":"1987-03-14","name":"Wilhelmina Quellwasser","sub":"4929000012345678""#
        let statement = try servers.ageParty.statement(
            for: buyer.request, bornOn: "1987-03-14", tokens: 2, further: further)
        try await buyer.fetch(for: #require(statement))
        #expect(try await buyer.isOfAge())
    }

    /// A clearing server by a name that can be found.
    private func name(_ place: DemoDirectory) async throws {
        let identity = try await ChildProcess.run(["clearing", "identity", "--data", place.root.path + "/named"])
        _ = try await ChildProcess.run(
            ["verifier", "add", Self.control, identity.trimmingCharacters(in: .whitespacesAndNewlines)]
                + ["--capability", "session"] + place.adminFlags)
    }

    /// What both servers count.
    private func metrics(_ place: DemoDirectory) throws {
        let request = Array("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
        for (name, data) in [("authority", place.authorityData), ("clearing", place.clearingData)] {
            let answer = try CanaryConnection.answer(to: request, at: .socket(data + "/admin.sock"))
            #expect(CanaryScan.contains(answer, "/what-we-hold"), "no route was counted")
            try place.write(String(decoding: answer, as: UTF8.self), to: name + ".metrics")
        }
    }

    /// Backups of both, and what is sealed in them.
    private func backups(_ place: DemoDirectory) async throws {
        let root = place.root.path
        let passphrase = ["--passphrase-file", place.passphraseFile]
        _ = try await ChildProcess.run(
            ["authority", "backup", root + "/a.backup", "--backup-passphrase-file", place.passphraseFile]
                + place.adminFlags)
        _ = try await ChildProcess.run(
            ["clearing", "backup", root + "/c.backup", "--data", place.clearingData] + passphrase)
        for (file, kind, name) in [("/a.backup", BackupKind.authority, "authority"), ("/c.backup", .clearing, "clearing")] {
            let target = "\(root)/opened/\(name)"
            try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
            let reader = try BackupReader(root + file, kind: kind)
            try reader.unlock(PassphraseSource(setting: place.passphraseFile).read())
            while let member = try reader.next() { try reader.copy(toNew: target + "/" + member.name) { _ in } }
            #expect(FileManager.default.fileExists(atPath: "\(target)/\(name).sqlite"))
        }
    }

    private func expectNothing(in place: DemoDirectory) throws {
        let found = try CanaryScan().found(below: place.root.path)
        #expect(found.isEmpty, "\(found)")
    }

    @Test func theScanFindsACanaryInAnyFormInAnyFile() throws {
        let scan = CanaryScan()
        #expect(scan.found(in: Randomness.bytes(1 << 20)).isEmpty)
        for canary in Canary.all {
            #expect(canary.traces.count > 50)
            for trace in canary.traces {
                let planted = Randomness.bytes(500) + trace.bytes + Randomness.bytes(500)
                #expect(scan.found(in: planted).contains("\(canary.value) (\(trace.form))"))
            }
        }
        let mail = Array("wilhelmina.quellwasser@canary.example".utf8)
        let stored: [[UInt8]] = [
            SHA256.hash(mail).bytes, Array(Base64URL.encode(SHA256.hash(mail).bytes).utf8),
            Array(Hexadecimal.encode(KeyedBLAKE2b.hash(mail).bytes).utf8), Array(KeyedBLAKE2b.hash(mail).bytes.prefix(16)),
            Array(Base64URL.encode(Array("{\"mail\":\"".utf8) + mail + Array("\"}".utf8)).utf8),
        ]
        for bytes in stored { #expect(!scan.found(in: bytes).isEmpty) }
        // What the ledger does is not found: it takes a key.
        #expect(scan.found(in: KeyedBLAKE2b.hash(mail, key: Randomness.bytes32()).bytes).isEmpty)
    }

    @Test func aServerThatKeptACanaryWouldBeFound() throws {
        let place = try DemoDirectory(nil)
        defer { place.remove() }
        try place.write("2026-11-27 info authority: asked by \(CanaryConnection.address)\n", to: "authority.log")
        try FileManager.default.createDirectory(atPath: place.authorityData, withIntermediateDirectories: true)
        let row = Data(Randomness.bytes(4_000) + SHA256.hash(Array("4929000012345678".utf8)).bytes + Randomness.bytes(64))
        try row.write(to: URL(fileURLWithPath: place.authorityData + "/authority.sqlite-wal"))
        let found = try CanaryScan().found(below: place.root.path)
        #expect(found.contains("authority.log: 127.77.13.99 (as it is)"))
        #expect(found.contains("authority/authority.sqlite-wal: 4929000012345678 (SHA-256)"))
    }

    @Test func serversLogNoLineForARequest() async throws {
        let place = try DemoDirectory(nil)
        defer { place.remove() }
        let servers = try await DemoServers.start(in: place, loggingAt: "info")
        let app = try DemoApp(servers: servers)
        func lines() throws -> [Substring] {
            try ["authority", "clearing"].flatMap { name in
                try String(contentsOfFile: place.transcript(of: name), encoding: .utf8).split(separator: "\n")
            }
        }
        let challenge = try await app.challenge()
        let code = try await ChildProcess.run(
            ["voucher", "create", "--capability", "session", "--tokens", "10"] + place.adminFlags)
        let voucher = try #require(Voucher(code.trimmingCharacters(in: .whitespacesAndNewlines)))
        let before = try lines()
        let tokens = try await app.fetch(10, for: challenge, voucher: voucher)
        for token in tokens { #expect(try await app.redeem(token, binding: Randomness.bytes(32)).outcome == "spent") }
        await app.close()
        let during = try lines()
        await servers.stop()
        #expect(during == before)
        #expect(before.contains { $0.contains("act=voucher-create") }, "what is logged was not kept")
    }
}
