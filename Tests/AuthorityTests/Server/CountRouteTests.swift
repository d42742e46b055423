import AuthorityServer
import AuthorityStore
import Foundation
import HTTPTransport
import KeyDelivery
import KeyFiles
import KeySchedule
import KeyTransparency
import LibSodium
import PrivacyPass
import SQLiteSupport
import Testing

/// `POST /verifiers/ID/counts`.
struct CountRouteTests {
    /// A clearing server with both its keys.
    private final class Server: Sendable {
        let identity: VerifierIdentity
        let signer: Ed25519.PrivateKey
        var id: VerifierID { VerifierID(of: identity.sealing) }

        init() {
            let key = Ed25519.PrivateKey()
            identity = VerifierIdentity(sealing: SealedBox.PrivateKey().publicKey, counts: key.publicKey)
            signer = key
        }

        func statement(_ key: KeyRecord, _ count: UInt64, issuer: String = "issuer.example") -> String {
            RedeemedCount(issuer: issuer, verifier: id, keyID: key.id, count: count).signed(with: signer)
        }
    }

    private func post(
        _ running: RunningAuthority, _ server: Server, _ text: String, contentType: String = "application/jose"
    ) async throws -> String {
        let answer = try await running.http.post(
            running.url + "/verifiers/\(server.id.text)/counts", contentType: contentType, body: Array(text.utf8))
        let type = String(decoding: answer.body, as: UTF8.self).firstMatch(of: /urn:portes:problem:([a-z-]+)/)
        return [String(answer.status), type.map { String($0.1) }].compactMap { $0 }.joined(separator: " ")
    }

    private func trust(_ running: RunningAuthority, _ identity: String, _ name: String = "shop") async {
        _ = await running.authority.handle(
            .addVerifier(name: name, publicKey: identity, capabilities: ["session"]))
    }

    @Test func theFirstStatementStands() async throws {
        try await RunningAuthority.serving { running in
            let server = Server()
            let key = try await running.makeKey()
            await trust(running, server.identity.text)
            #expect(try await post(running, server, server.statement(key, 7)) == "422 count-too-early")
            running.time.advance(1_999)
            #expect(try await post(running, server, server.statement(key, 7)) == "422 count-too-early")
            running.time.advance(1)
            running.time.setCalendar(forwardBy: 61)
            #expect(try await post(running, server, server.statement(key, 7)) == "503 clock-moved")
            running.time.setCalendar(forwardBy: -61)
            #expect(try await post(running, server, server.statement(key, 7)) == "204")
            #expect(try await post(running, server, server.statement(key, 7)) == "204")
            #expect(try await post(running, server, server.statement(key, 8)) == "409 count-contradicts")
            let counts = try running.authority.database.redeemedCounts(of: key.id)
            #expect(counts.map(\.count) == [7] && counts.map(\.verifier) == [server.id.bytes])
            // Everybody can read it, once, with what the server signed.
            let statement = server.statement(key, 7)
            let bundle = try await running.get("/log/tile/entries/000.p/\(running.authority.database.keyHistory.size)")
            #expect(bundle.status == 200)
            #expect(String(decoding: bundle.body, as: UTF8.self).components(separatedBy: statement).count == 2)
            #expect(running.authority.database.keyHistory.keys[key.id]?.redeemed == 7)
        }
    }

    @Test func aRestoredAuthorityKnowsWhatItPutIntoTheLogSinceTheBackup() async throws {
        try await RunningAuthority.serving { running in
            let server = Server()
            let key = try await running.makeKey()
            await trust(running, server.identity.text)
            running.time.advance(2_000)
            let data = URL(filePath: running.socketPath).deletingLastPathComponent().path
            let (file, passphrase) = (data + ".backup", Array("old".utf8))
            try await running.authority.database.takeSnapshot()
            try BackupWriter.write(
                AuthorityBackup.members(in: data, at: running.time.now().wall), kind: .authority, to: file,
                passphrase: SecretBytes(copying: passphrase), cost: .minimal)
            let statement = server.statement(key, 7)
            #expect(try await post(running, server, statement) == "204")
            _ = try await running.get("/log/checkpoint")
            let answer = await running.authority.handle(.exportLog)
            guard case .logExport(let export) = answer else { throw UnexpectedReply(reply: answer) }
            let log = URL(filePath: data + ".log")
            for file in export.files {
                let place = log.appending(path: file.path)
                try FileManager.default.createDirectory(
                    at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
                try file.bytes.write(to: place)
            }

            let reader = try BackupReader(file, kind: .authority)
            try reader.unlock(SecretBytes(copying: passphrase))
            let restore = try AuthorityRestore(
                reader, into: DataDirectory(path: data + ".restored", side: .authority), isNew: true) { _ in }
            #expect(try restore.database.redeemedCounts(of: key.id).isEmpty)
            _ = try restore.database.catchUp(
                with: PublishedState(directory: log.path, settings: restore.database.settings()))
            #expect(try restore.database.redeemedCounts(of: key.id).map(\.count) == [7])
            let count = RedeemedCount(issuer: "issuer.example", verifier: server.id, keyID: key.id, count: 7)
            let again = try restore.database.putOnRecord(count, statement: statement, signer: server.signer.publicKey)
            #expect(again == .repeated && restore.database.keyHistory.keys[key.id]?.redeemed == 7)
            restore.discard()
        }
    }

    @Test func whatIsNoStatementOfATrustedServerIsRefused() async throws {
        try await RunningAuthority.serving { running in
            let (server, stranger) = (Server(), Server())
            let (key, other) = (try await running.makeKey(), try await running.makeKey("play"))
            await trust(running, server.identity.text)
            running.time.advance(2_000)
            let good = server.statement(key, 7)
            #expect(try await post(running, stranger, stranger.statement(key, 7)) == "404 not-found")
            let forged = RedeemedCount(issuer: "issuer.example", verifier: server.id, keyID: key.id, count: 7)
                .signed(with: stranger.signer)
            let bad = [
                forged, "", "x", good + "x", server.statement(other, 7), stranger.statement(key, 7),
                server.statement(key, 7, issuer: "other.example"),
                // Of another server, in this one's name.
                RedeemedCount(issuer: "issuer.example", verifier: stranger.id, keyID: key.id, count: 7)
                    .signed(with: server.signer),
            ]
            for text in bad { #expect(try await post(running, server, text) == "422 count-invalid") }
            #expect(try await post(running, server, String(repeating: "x", count: 3_000)) == "413 content-too-large")
            #expect(
                try await post(running, server, good, contentType: "application/json") == "415 unsupported-media-type")
            #expect(try running.authority.database.redeemedCounts(of: key.id).isEmpty)
            #expect(try await post(running, server, good) == "204")
        }
    }

    @Test func aServerThatWasTrustedByTheShortIdentityHandsOverNone() async throws {
        try await RunningAuthority.serving { running in
            let server = Server()
            let key = try await running.makeKey()
            let short = VerifierIdentity(sealing: server.identity.sealing, counts: nil).text
            await trust(running, short)
            running.time.advance(2_000)
            #expect(try await post(running, server, server.statement(key, 7)) == "404 not-found")
            #expect(try running.authority.database.verifiers().first?.identityText == short)
            _ = await running.authority.handle(.removeVerifier(name: "shop"))
            await trust(running, server.identity.text)
            #expect(try await post(running, server, server.statement(key, 7)) == "204")
            // What is on record stays, also when the trust is taken back.
            _ = await running.authority.handle(.removeVerifier(name: "shop"))
            #expect(try running.authority.database.redeemedCounts(of: key.id).map(\.count) == [7])
        }
    }
}
