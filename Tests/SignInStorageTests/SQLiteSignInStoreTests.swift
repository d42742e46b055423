import Foundation
import GRDB
import KeySchedule
import LibSodium
import PortesVerifier
import SignIn
import TestSupport
import Testing
import VerifierSupport

@testable import SignInStorage

/// Accounts on disk.
@Suite struct SQLiteSignInStoreTests {
    private let audience: Audience
    private let verifier: SignInVerifier
    private let now = UnixTime(seconds: 1_800_000_000)

    init() throws {
        audience = try #require(Audience("radio.example"))
        verifier = SignInVerifier(audience: audience)
    }

    private func signIn(
        _ key: borrowing Ed25519.PrivateKey, _ successions: [KeySuccession] = []
    ) throws -> VerifiedSignIn {
        let answer = SignInAnswer(to: verifier.challenge(at: now), key: key, successions: successions)
        return try verifier.verify(signIn: answer, at: now)
    }

    @Test func accountsOnDiskKeepTheRules() async throws {
        let directory = try TemporaryDirectory()
        let store = try SQLiteSignInStore(directory: directory.path)
        try await SignInStoreRules(store: store).hold()
        try store.close()
    }

    @Test func anAccountAndAnAnswerOutliveTheProcess() async throws {
        let directory = try TemporaryDirectory()
        let key = Ed25519.PrivateKey()
        let answered = try signIn(key)
        var store = try SQLiteSignInStore(directory: directory.path)
        let first = try await store.admit(answered, at: now)
        guard case .admitted(let pseudonym, true) = first else {
            Issue.record("not let in")
            return
        }
        // As after kill -9: another process finds what was answered.
        #expect(throws: SQLiteSignInStore.StorageError.self) { try SQLiteSignInStore(directory: directory.path) }
        try store.close()
        store = try SQLiteSignInStore(directory: directory.path)
        #expect(try await store.admit(answered, at: now) == .refused(.replayed))
        #expect(try await store.admit(signIn(key), at: now) == .admitted(pseudonym, isNew: false))
        try store.close()
    }

    /// The bytes of every file in a directory.
    private func everything(in directory: String) throws -> [Data] {
        try FileManager.default.contentsOfDirectory(atPath: directory).map {
            try Data(contentsOf: URL(fileURLWithPath: directory + "/" + $0))
        }
    }

    @Test func ofAnErasedAccountNoByteIsLeftInAnyFile() async throws {
        let directory = try TemporaryDirectory()
        let store = try SQLiteSignInStore(directory: directory.path)
        // Others around it, so that pages are shared.
        for _ in 0..<40 { _ = try await store.admit(signIn(Ed25519.PrivateKey()), at: now) }
        let old = Ed25519.PrivateKey()
        let new = Ed25519.PrivateKey()
        guard case .admitted(let pseudonym, _) = try await store.admit(signIn(old), at: now) else { return }
        let succession = KeySuccession(from: old, to: new, audience: audience)
        _ = try await store.admit(signIn(new, [succession]), at: now)
        for _ in 0..<40 { _ = try await store.admit(signIn(Ed25519.PrivateKey()), at: now) }

        func traces() throws -> [Bytes32] {
            let digests = [old.publicKey, new.publicKey].map { key in
                KeyedBLAKE2b.hash(Array("portes sign-in row v1\nradio.example\n".utf8) + key.encoded.bytes)
            }
            let files = try everything(in: directory.path)
            return (digests + [pseudonym.bytes, old.publicKey.encoded, new.publicKey.encoded]).filter { bytes in
                files.contains { $0.range(of: Data(bytes.bytes)) != nil }
            }
        }
        // The scan finds what is there.
        #expect(try traces().count == 3)
        let answer = SignInAnswer(to: verifier.challenge(.erase, at: now), key: new)
        let erased = try await store.erase(verifier.verify(erasure: answer, at: now), at: now)
        #expect(erased == .admitted(pseudonym, isNew: false))
        #expect(try traces().isEmpty)
        try store.close()
        #expect(try traces().isEmpty)
    }

    @Test func noTableHasATimeOfAnAccountOrAnOrder() async throws {
        let directory = try TemporaryDirectory()
        try SQLiteSignInStore(directory: directory.path).close()
        let queue = try DatabaseQueue(path: directory.path + "/sign-in.sqlite")
        let (columns, tables) = try await queue.read { db in
            let tables = try String.fetchAll(
                db, sql: "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND wr = 0")
            let columns = try String.fetchAll(db, sql: "SELECT name FROM pragma_table_info('account_key')")
            return (columns, tables)
        }
        #expect(columns == ["digest", "pseudonym", "is_replaced"])
        #expect(Set(tables) == ["grdb_migrations", "sqlite_schema"])
    }
}
