import Foundation
import KeySchedule
import KeyTransparency
import LibSodium
import PrivacyPass
import Revocation
import TestSupport
import Testing
import VOPRF

@testable import portes

/// `portes log verify` and `portes log watch` over logs in directories, sound ones and others.
@Suite(.timeLimit(.minutes(5))) struct LogCommandTests {
    typealias Fixture = LogDirectoryFixture

    /// Terms and two keys that follow each other, of which the first has ended.
    private func sound(_ seed: [UInt8] = Randomness.bytes(32)) throws -> (log: Fixture, keys: [TokenKeyID]) {
        let log = try Fixture(seed: seed)
        let first = try log.announce(from: 0, at: 0)
        let second = try log.announce(from: Fixture.day, at: Fixture.day - Fixture.hour)
        log.append(.ended(first, issued: 1_234), at: Fixture.day + Fixture.hour)
        try log.write()
        return (log, [first, second])
    }

    private func verify(_ log: Fixture, _ more: [String] = []) throws -> CommandRun {
        try CommandRun(["log", "verify", log.path, "--log-key", log.logKey] + more)
    }

    @Test func aSoundLogIsToldInWords() throws {
        let (log, keys) = try sound()
        let run = try verify(log)
        let (first, second) = (keys[0].hexadecimal.prefix(8), keys[1].hexadecimal.prefix(8))
        #expect(run.code == 0 && run.errors.isEmpty, "\(run.errors)")
        #expect(
            run.output == """
                2026-01-01T00:00:00Z  session: terms for type 0x0005: a key issues for 1d, its tokens are accepted 1h longer, the next is announced 1h ahead
                2026-01-01T00:00:00Z  session: key \(first) of type 0x0005 announced: issues from 2026-01-01T00:00:00Z until 2026-01-02T00:00:00Z, accepted until 2026-01-02T01:00:00Z
                2026-01-01T23:00:00Z  session: key \(second) of type 0x0005 announced: issues from 2026-01-02T00:00:00Z until 2026-01-03T00:00:00Z, accepted until 2026-01-03T01:00:00Z
                2026-01-02T01:00:00Z  session: key \(first) of type 0x0005 ended: 1234 tokens issued
                issuer.example/log: 4 entries; every rule held

                """)
    }

    @Test func datesThatMoveCountsAndRevokedCapabilitiesAreToldInWords() throws {
        let log = try Fixture()
        let capability = try #require(Capability("session"))
        let begin = Fixture.start.adding(seconds: 2 * Fixture.day)
        let key = try ServerPrivateKey().publicKey.encoded.bytes
        func record(_ late: Int64) throws -> KeyRecord {
            try KeyRecord(
                capability: capability, tokenType: .voprfRistretto255, publicKey: key,
                notBefore: begin.adding(seconds: late), issueUntil: begin.adding(seconds: late + Fixture.day),
                acceptUntil: begin.adding(seconds: late + Fixture.day + Fixture.hour))
        }
        log.append(.announced(try record(0)), at: 0)
        log.append(.rescheduled(try record(Fixture.day)), at: Fixture.hour)
        log.append(.redeemed(try record(0).id, count: 7, statement: "a.b.c"), at: 4 * Fixture.day + Fixture.hour)
        log.append(.capabilityRevoked(capability, from: begin, .withdrawn), at: 5 * Fixture.day)
        try log.write()
        let run = try verify(log)
        let id = try record(0).id.hexadecimal.prefix(8)
        #expect(run.code == 0, "\(run.output)")
        let told = run.output.split(separator: "\n").dropFirst(2).map(String.init)
        #expect(
            told == [
                "2026-01-01T01:00:00Z  session: key \(id) of type 0x0005 rescheduled: issues from 2026-01-04T00:00:00Z until "
                    + "2026-01-05T00:00:00Z, accepted until 2026-01-05T01:00:00Z",
                "2026-01-05T01:00:00Z  session: key \(id) of type 0x0005: a clearing server saw 7 of its tokens spent",
                "2026-01-06T00:00:00Z  session: revoked from 2026-01-03 on: withdrawn",
                "issuer.example/log: 5 entries; every rule held",
            ])
    }

    @Test func anEntryOfATimeToComeIsTold() throws {
        let (log, keys) = try sound()
        let soon = SystemTimeSource().now().wall.seconds(since: Fixture.start) + 86_400
        log.append(.revoked(keys[1], .withdrawn), at: soon)
        try log.write()
        let run = try verify(log)
        #expect(run.code == 1 && run.output.contains("entry 4 breaks a rule: its time is to come"), "\(run.output)")
    }

    @Test func allThatIsBrokenIsTold() throws {
        let (log, keys) = try sound()
        log.append(.revoked(keys[1], .keyCompromised), at: Fixture.day + 2 * Fixture.hour)
        let third = try log.announce(from: Fixture.day + 2 * Fixture.hour, at: Fixture.day + 2 * Fixture.hour)
        try log.announce(from: Fixture.day + 3 * Fixture.hour, at: Fixture.day + 2 * Fixture.hour)
        log.entries.append([1, 2, 3])
        log.append(.ended(third, issued: 1), at: Fixture.day + 3 * Fixture.hour)
        try log.write()
        let run = try verify(log)
        #expect(run.code == 1)
        #expect(run.output.contains("revoked: key-compromised\n"))
        let problems = run.output.split(separator: "\n").filter { $0.hasPrefix("problem: ") }
        #expect(
            problems == [
                "problem: entry 6 breaks a rule: two keys of one capability issue at the same time",
                "problem: entry 7 cannot be read",
                "problem: entry 8 breaks a rule: a key has ended, or is counted, before its acceptance is over",
            ])
        #expect(run.output.hasSuffix("issuer.example/log: 9 entries; 3 problems\n"))
    }

    @Test func theResultIsThereAsJSON() throws {
        let (log, keys) = try sound()
        try log.announce(from: Fixture.day, at: Fixture.day + Fixture.hour)
        try log.write()
        let run = try verify(log, ["--json"])
        let report = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        let events = try #require(report["events"] as? [[String: Any]])
        #expect(run.code == 1 && report["log"] as? String == "issuer.example/log" && report["size"] as? Int == 5)
        #expect(events.map { $0["kind"] as? String } == ["terms", "announced", "announced", "ended", "announced"])
        #expect(events[1]["key"] as? String == keys[0].hexadecimal && events[1]["capability"] as? String == "session")
        #expect((report["problems"] as? [[String: Any]])?.map { $0["entry"] as? Int } == [4])
    }

    @Test func badTilesAreNoticed() throws {
        let (log, _) = try sound()
        for _ in 0..<300 { log.entries.append(log.entries[0]) }
        let last = UInt64(log.entries.count)
        let edge = try #require(Tile(.hashes(level: 0), index: 1, width: Int(last) - 256)).path
        let names = ["tile/0/000", edge, "tile/1/000.p/1"]
        for name in names {
            try log.write()
            var bytes = try log.directory.bytes(log.path + "/" + name)
            bytes[5] ^= 1
            try log.write(bytes, to: name)
            let damaged = try verify(log)
            #expect(damaged.code == 1 && damaged.output.contains("problem: \(name) does not hold the hashes"))
            #expect(damaged.output.contains("problem: no proof made of the log's tiles shows"), "\(name)")
            try FileManager.default.removeItem(atPath: log.path + "/" + name)
            let absent = try verify(log)
            #expect(absent.code == 1 && absent.output.contains("problem: \(name) does not hold the hashes"))
        }
    }

    @Test func entriesAndSignaturesThatDoNotHoldAreToldApart() throws {
        let (log, _) = try sound()
        let bundle = try #require(EntryBundle.encode(log.entries.reversed()))
        try log.write(bundle, to: "tile/entries/000.p/4")
        let unfit = try verify(log)
        #expect(unfit.code == 1 && unfit.output.isEmpty)
        #expect(unfit.errors.hasPrefix("portes: error: the log's entries are not those that its checkpoint signs\n"))
        let other = try Fixture()
        let stranger = try CommandRun(["log", "verify", log.path, "--log-key", other.logKey])
        #expect(stranger.code == 1 && stranger.errors.contains("is not signed with the log's key"))
    }

    @Test func aLogThatIsNotThereIsAnotherExitCode() throws {
        let (log, _) = try sound()
        try FileManager.default.removeItem(atPath: log.path + "/checkpoint")
        let absent = try verify(log)
        #expect(absent.code == 2 && absent.errors.contains("does not serve its log: status 404 for checkpoint"))
        let away = try CommandRun(["log", "verify", "http://127.0.0.1:1"])
        #expect(away.code == 2 && away.errors.contains("portes: error: no answer from the issuer's log: "))
    }

    @Test(arguments: [
        ["/nowhere/at/all"], ["http://issuer.example"], ["https://issuer.example/log?x"],
        ["https://issuer.example", "--log-key", "x"], ["https://issuer.example", "--witness", "x"],
        ["https://issuer.example", "--witnesses", "1"],
    ])
    func whatCannotBeRightIsWrongUsage(arguments: [String]) throws {
        let run = try CommandRun(["log", "verify"] + arguments)
        #expect(run.code == 64 && run.errors.contains("portes: hint: "), "\(run.errors)")
    }

    @Test func theStateFileTellsOfARollbackAndOfAFork() throws {
        let seed = Randomness.bytes(32)
        let (log, _) = try sound(seed)
        let state = ["--state", log.path + "-state"]
        #expect(try verify(log, state).code == 0)
        let whole = log.entries
        log.entries.removeLast()
        try log.write()
        let shorter = try verify(log, state)
        #expect(shorter.code == 1)
        #expect(shorter.output.contains("problem: the issuer's log has 3 entries, and had 4 before: some were taken back\n"))
        let (fork, _) = try sound(seed)
        let other = try verify(fork, state)
        #expect(other.code == 1 && other.output.contains("problem: the issuer's log does not begin with the 4 entries"))
        // Neither is taken for the truth, and the log's key need not be given any more.
        log.entries = whole
        try log.write()
        let again = try CommandRun(["log", "verify", log.path] + state)
        #expect(again.code == 0 && again.errors.isEmpty)
        try log.directory.overwrite(log.path + "-state", [1])
        let damaged = try verify(log, state)
        #expect(damaged.code == 1 && damaged.errors.contains("is damaged"))
    }

    @Test func cosignaturesAreCounted() throws {
        let (log, _) = try sound()
        let witness = ["--witness", log.witnessKey]
        let none = try verify(log, witness)
        #expect(none.code == 1 && none.output.contains("problem: the log's checkpoint has 0 of 1 cosignatures"))
        log.cosigned = SystemTimeSource().now().wall
        try log.write()
        let some = try verify(log, witness)
        #expect(some.code == 0)
        #expect(some.output.hasSuffix("4 entries, cosigned by 1 of the witnesses within 24 h; every rule held\n"))
    }

    @Test func withoutALogKeyItIsSaidWhoseWordWasTaken() throws {
        let (log, _) = try sound()
        let run = try CommandRun(["log", "verify", log.path])
        #expect(run.code == 0 && run.errors.contains("the log's key is the one that it names itself"))
    }

    @Test func aWatchSaysWhenTheLogIsAwayAndWhenCosignaturesGetOld() async throws {
        let (log, _) = try sound()
        log.cosigned = SystemTimeSource().now().wall.adding(seconds: -50_000)
        try log.write()
        let watch = try ChildProcess([
            "log", "watch", log.path, "--log-key", log.logKey, "--witness", log.witnessKey, "--interval", "1s",
        ])
        #expect(try await watch.waitForLine("of 1 cosignatures only 0 came within 12 h").isEmpty == false)
        let checkpoint = try log.directory.bytes(log.path + "/checkpoint")
        try FileManager.default.removeItem(atPath: log.path + "/checkpoint")
        _ = try await watch.waitForLine("the log cannot be read: ")
        try log.write(checkpoint, to: "checkpoint")
        _ = try await watch.waitForLine("the log can be read again")
        await watch.terminate()
        #expect(watch.status == 0)
    }

    /// A checkpoint that is not to be believed is told while it is there, and at the end by the exit code.
    private func watchAnotherLogsCheckpoint(_ log: Fixture) async throws {
        let kept = try log.directory.bytes(log.path + "/checkpoint")
        let output = log.path + "-watched"
        _ = FileManager.default.createFile(atPath: output, contents: nil)
        let watch = Process()
        watch.executableURL = ChildProcess.executable
        watch.arguments = ["log", "watch", log.path, "--log-key", log.logKey, "--interval", "1s"]
        watch.standardOutput = try FileHandle(forWritingTo: URL(filePath: output))
        watch.standardError = FileHandle.nullDevice
        let (other, _) = try sound()
        try log.write(other.directory.bytes(other.path + "/checkpoint"), to: "checkpoint")
        try watch.run()
        while try !String(contentsOfFile: output, encoding: .utf8).contains("problem: the log's checkpoint is not") {
            guard watch.isRunning else { break }
            try await Task.sleep(for: .milliseconds(20))
        }
        watch.terminate()
        watch.waitUntilExit()
        #expect(watch.terminationStatus == 1)
        try log.write(kept, to: "checkpoint")
    }

    @Test func aWatchEndsWithWhatItSaw() async throws {
        let (log, _) = try sound()
        let state = log.path + "-state"
        let watch = try ChildProcess(
            ["log", "watch", log.path, "--log-key", log.logKey, "--interval", "1s", "--state", state])
        #expect(try await watch.waitForLine("watching issuer.example/log, ") == "4 entries so far")
        try log.announce(from: Fixture.day, at: Fixture.day + Fixture.hour)
        try log.write()
        while try !String(decoding: log.directory.bytes(state), as: UTF8.self).contains("\n5\n") {
            try await Task.sleep(for: .milliseconds(20))
        }
        await watch.terminate()
        #expect(watch.status == 1)
        try await watchAnotherLogsCheckpoint(log)
        try FileManager.default.removeItem(atPath: log.path + "/checkpoint")
        let away = try ChildProcess(["log", "watch", log.path, "--log-key", log.logKey, "--interval", "1s"])
        _ = try await away.waitForLine("the log cannot be read: ")
        await away.terminate()
        #expect(away.status == 2)
    }
}
