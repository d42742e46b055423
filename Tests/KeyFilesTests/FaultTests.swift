import Foundation
import KeyFiles
import LibSodium
import TestSupport
import Testing

/// Key operations that are cut off, or meet an error, at each of their calls on files: the old state or the new is
/// there, and opens.
@Suite(.enabled(if: SystemCallFaults.isAvailable), .serialized, .timeLimit(.minutes(10)))
struct FaultTests {
    let temporary: TemporaryDirectory
    private var keys: String { temporary.path + "/keys" }
    private var backup: String { temporary.path + "/keys.backup" }
    private let first = KeyFileName(.token, id: SHA256.hash(Array("a".utf8)))
    private let second = KeyFileName(.token, id: SHA256.hash(Array("b".utf8)))

    init() throws {
        temporary = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: temporary.path, withIntermediateDirectories: false)
    }

    private func open(_ passphrase: String) throws -> KeyDirectory {
        try KeyDirectory(keys, passphrase: SecretBytes(copying: Array(passphrase.utf8)), cost: .minimal)
    }

    private func secret(_ name: KeyFileName, _ passphrase: String = "old") -> String? {
        try? open(passphrase).load(name).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// A directory with one secret.
    private func reset() throws {
        for path in [keys, backup] { try? FileManager.default.removeItem(atPath: path) }
        try open("old").store(SecretBytes(copying: Array("secret a".utf8)), as: first)
    }

    /// Runs an operation with each fault at each of its calls; `check` hears whether it claimed success.
    private func everyFault(
        in operation: [String], prepare: () throws -> Void, check: (_ succeeded: Bool, Comment) throws -> Void
    ) throws {
        let program = [SystemCallFaults.probe] + operation
        try prepare()
        let calls = try SystemCallFaults.calls(of: program)
        #expect(calls.count > 10, "what was counted is not the operation")
        for fault in SystemCallFaults.Fault.allCases {
            for call in calls where fault != .noSpace || ["openat", "write", "fsync", "renameat"].contains(call.name) {
                try prepare()
                let succeeded = try SystemCallFaults.run(program, fault, at: call)
                try check(succeeded, "\(operation[0]): \(fault) at \(call)")
            }
        }
    }

    @Test func aChangeOfThePassphraseLeavesTheOldOrTheNew() throws {
        try everyFault(in: ["change", keys], prepare: reset) { succeeded, comment in
            let (old, new) = (secret(first, "old"), secret(first, "new"))
            #expect(old == "secret a" || new == "secret a", comment)
            if succeeded { #expect(new == "secret a", comment) }
            // What was left behind is in nobody's way.
            let passphrase = SecretBytes(copying: Array((new == nil ? "old" : "new").utf8))
            try KeyDirectory.changePassphrase(
                at: keys, from: passphrase, to: SecretBytes(copying: [1]), cost: .minimal)
            #expect(try FileManager.default.contentsOfDirectory(atPath: keys).count == 2, comment)
        }
    }

    @Test func aKeyThatIsWrittenIsThereWholeOrNotAtAll() throws {
        try everyFault(in: ["store", keys], prepare: reset) { succeeded, comment in
            #expect(secret(first) == "secret a", comment)
            if KeyDirectory.holds(second, at: keys) || succeeded { #expect(secret(second) == "secret b", comment) }
        }
    }

    /// What a power cut leaves: a name that is on the disk names bytes that are.
    @Test func aKeyIsOnTheDiskBeforeItsNameIsAndItsNameBeforeItCounts() throws {
        try reset()
        let names = try SystemCallFaults.calls(of: [SystemCallFaults.probe, "store", keys]).map(\.name)
        let named = try #require(names.lastIndex { $0.hasPrefix("rename") })
        let written = try #require(names[..<named].lastIndex(of: "write"))
        #expect(names[written..<named].contains("fsync"), "\(names)")
        #expect(names[named...].contains("fsync"), "\(names)")
    }

    @Test func aBackupIsThereWholeOrNotAtAll() throws {
        try everyFault(in: ["backup", keys, backup], prepare: reset) { succeeded, comment in
            #expect(secret(first) == "secret a", comment)
            guard succeeded || FileManager.default.fileExists(atPath: backup) else { return }
            let reader = try BackupReader(backup, kind: .keys)
            try reader.unlock(SecretBytes(copying: Array("old".utf8)))
            #expect(try reader.next()?.name == first.fileName, comment)
            #expect(try reader.secret(limit: 100).count == 8, comment)
        }
    }

    @Test func aRestoreLeavesEachKeyWholeOrMissing() throws {
        func prepare() throws {
            try reset()
            let keys = try open("old")
            try keys.store(SecretBytes(copying: Array("secret b".utf8)), as: second)
            try BackupWriter.write(
                keys.list().map { BackupMember($0.fileName, secret: try keys.load($0)) }, kind: .keys, to: backup,
                passphrase: SecretBytes(copying: Array("old".utf8)), cost: .minimal)
            for name in [first, second] { try keys.destroy(name) }
        }
        try everyFault(in: ["restore", keys, backup], prepare: prepare) { succeeded, comment in
            for (name, value) in [(first, "secret a"), (second, "secret b")] {
                if succeeded || KeyDirectory.holds(name, at: keys) { #expect(secret(name) == value, comment) }
            }
        }
    }
}
