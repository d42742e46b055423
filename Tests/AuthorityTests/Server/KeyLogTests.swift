import AuthorityServer
import AuthorityStore
import Foundation
import HTTPTransport
import KeySchedule
import KeyTransparency
import LibSodium
import PrivacyPass
import Revocation
import Testing

/// A reader of the log that an authority serves.
struct LogReader {
    let running: RunningAuthority
    let trust: KeyLogTrust

    init(_ running: RunningAuthority) async throws {
        self.running = running
        let text = String(decoding: try await running.get("/log/key").body, as: UTF8.self)
        let key = try #require(NoteVerificationKey(verifierKey: text.dropLast().description))
        #expect(text.hasSuffix("\n") && key.name.text == "issuer.example/log")
        trust = try #require(KeyLogTrust(log: key, witnesses: .none))
    }

    func checkpoint() async throws -> Checkpoint {
        let note = try SignedNote(decoding: try await running.get("/log/checkpoint").body)
        return try trust.checkpoint(in: note, at: running.time.now().wall)
    }

    /// Everything that the log says, checked.
    func replay() async throws -> KeyLogReplica {
        let checkpoint = try await checkpoint()
        let tile = try #require(Tile(.entries, index: 0, width: Int(checkpoint.head.size)))
        let bundle = try await running.get("/log/" + tile.path)
        #expect(bundle.status == 200 && bundle.header("cache-control") == "public, max-age=31536000, immutable")
        var replica = KeyLogReplica()
        try replica.extend(
            to: checkpoint, entries: EntryBundle.decode(bundle.body, width: tile.width),
            at: running.time.now().wall)
        return replica
    }
}

struct KeyLogTests {
    private let purpose = KeyHistory.Purpose(.session, .voprfRistretto255)

    @Test func everyChangeOfAKeyIsInTheLogThatIsServed() async throws {
        try await RunningAuthority.serving { running in
            let reader = try await LogReader(running)
            #expect(try await running.get("/log/checkpoint").status == 404)
            let first = try await running.makeKey()
            var history = try await reader.replay().history
            #expect(history.size == 2 && history.issuingKey(for: purpose, at: running.time.now().wall)?.record == first)
            let second = try await running.rotate()
            _ = await running.authority.handle(.revokeKey(id: second.id.hexadecimal, reason: "key-compromised"))
            history = try await reader.replay().history
            #expect(history.keys.count == 3)
            #expect(history.keys[first.id]?.record.issueUntil == second.notBefore)
            #expect(history.keys[second.id]?.revocation?.reason == .keyCompromised)
            let issuing = try #require(history.issuingKey(for: purpose, at: running.time.now().wall))
            let directory = try IssuerDirectory(decoding: try await running.get(IssuerDirectory.path).body)
            #expect(directory.tokenKeys.map(\.tokenKey) == [issuing.record.publicKey])
        }
    }

    @Test func checkpointAndDirectoryAreTheSameBytesForEverybody() async throws {
        try await RunningAuthority.serving { running in
            _ = try await running.makeKey()
            for path in ["/log/checkpoint", IssuerDirectory.path] {
                let first = try await running.get(path)
                let tag = try #require(first.header("etag"))
                let answers = try await withThrowingTaskGroup { group in
                    for number in 0..<1_000 {
                        group.addTask {
                            try await running.http.get(running.url + path, headers: [
                                ("user-agent", "client \(number)"), ("accept-language", "x-\(number % 7)"),
                                ("authorization", "Bearer \(number)"), ("cookie", "id=\(number)"),
                            ])
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers.count == 1_000)
                #expect(answers.allSatisfy { $0.body == first.body && $0.header("etag") == tag })
                #expect(try await running.get(path, ifNoneMatch: tag).status == 304)
            }
        }
    }

    @Test func onlyWhatACheckpointCoversIsServed() async throws {
        try await RunningAuthority.serving { running in
            _ = try await running.makeKey()
            let size = try await LogReader(running).checkpoint().head.size
            #expect(size == 2)
            for (path, status) in [
                ("/log/tile/entries/000.p/2", 200), ("/log/tile/0/000.p/2", 200), ("/log/tile/0/000.p/1", 200),
                ("/log/tile/entries/000.p/3", 404), ("/log/tile/entries/000", 404), ("/log/tile/0/001.p/1", 404),
                ("/log/tile/1/000.p/1", 404), ("/log/tile/entries/0.p/2", 404), ("/log/tile/9/000.p/1", 404),
                ("/log/tile/entries/000.p/2/", 404), ("/log/tile/entries//000.p/2", 404), ("/log/tile/", 404),
                ("/log/tile/entries/%2e%2e/000.p/2", 404), ("/log/tile/" + String(repeating: "x001/", count: 50), 404),
            ] {
                #expect(try await running.get(path).status == status, "\(path)")
            }
        }
    }

    @Test func theLogGoesOnAfterARestart() async throws {
        let directories = try AuthorityDirectories()
        let time = TestTime()
        let first = try directories.authority(time: time)
        let made = await first.handle(.createKey(KeyParameters(capability: "session", epoch: 100, acceptance: 50)))
        guard case .key(let key) = made else { throw UnexpectedReply(reply: made) }
        let head = try await first.database.head(of: .keys)
        try first.close()
        time.advance(10)
        let second = try directories.authority(time: time)
        #expect(try await second.database.head(of: .keys) == head)
        #expect(second.database.keyHistory.keys.keys.map(\.hexadecimal) == [key.id])
        _ = await second.handle(.revokeKey(id: key.id, reason: "withdrawn"))
        #expect(try await second.database.head(of: .keys).size == head.size + 2)
    }
}
