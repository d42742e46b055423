// Key operations in a process of their own, for tests that cut them off: with a cheap key derivation, on the one thread
// whose system calls are counted from `SystemCallFaults.marker` on.
import ClearingStore
import Foundation
import KeyFiles
import KeySchedule
import LibSodium
import SQLiteSupport
import TestSupport

func passphrase(_ text: String) -> SecretBytes { SecretBytes(copying: Array(text.utf8)) }

/// The name of a secret that tests store: the same for the same letter.
func name(_ letter: String) -> KeyFileName { KeyFileName(.token, id: SHA256.hash(Array(letter.utf8))) }

let arguments = Array(CommandLine.arguments.dropFirst())
_ = SystemCallFaults.marker.withCString { access($0, F_OK) }
do {
    switch (arguments[0], arguments[1]) {
    case ("change", let directory):
        try KeyDirectory.changePassphrase(
            at: directory, from: passphrase("old"), to: passphrase("new"), cost: .minimal)
    case ("store", let directory):
        try KeyDirectory(directory, passphrase: passphrase("old"), cost: .minimal)
            .store(SecretBytes(copying: Array("secret b".utf8)), as: name("b"))
    case ("backup", let directory):
        let keys = try KeyDirectory(directory, passphrase: passphrase("old"), cost: .minimal)
        try BackupWriter.write(
            keys.list().map { BackupMember($0.fileName, secret: try keys.load($0)) }, kind: .keys, to: arguments[2],
            passphrase: passphrase("old"), cost: .minimal)
    case ("restore", let directory):
        let reader = try BackupReader(arguments[2], kind: .keys)
        try reader.unlock(passphrase("old"))
        let keys = try KeyDirectory(directory, passphrase: passphrase("old"), cost: .minimal)
        while let member = try reader.next() {
            guard let name = KeyFileName(fileName: member.name) else { throw BackupError.foreign(path: arguments[2]) }
            if KeyDirectory.holds(name, at: directory) { continue }
            try keys.store(reader.secret(limit: 100), as: name)
        }
    case ("clearing-restore", let directory):
        let reader = try BackupReader(arguments[2], kind: .clearing)
        try reader.unlock(passphrase("old"))
        _ = try ClearingRestore(
            reader, into: DataDirectory(path: directory, side: .clearing), isNew: false, progress: { _ in }
        ).finish(floor: UnixTime(seconds: 4_000_000_000))
    default: exit(64)
    }
} catch {
    FileHandle.standardError.write(Data("\(error)\n".utf8))
    exit(1)
}
