import AuthorityStore
import GRDB
import KeyTransparency
import LibSodium
import Testing

/// The log of heads stands for both: entries may be anything.
struct StoredLogTests {
    let fixture: AuthorityFixture
    let log = StoredLog.revocationHeads

    init() throws { fixture = try AuthorityFixture() }

    private func entry(_ index: UInt64) -> [UInt8] { Array("entry \(index)".utf8) }

    private func append(_ range: Range<UInt64>) async throws {
        for index in range { try await fixture.database.append([entry(index)], to: log) }
    }

    @Test func tilesAndProofsAreThoseOfTheTreeOverTheEntries() async throws {
        try await append(0..<600)
        let database = fixture.database
        var whole = TreeFrontier()
        var tiles = TileSet()
        for index in 0..<600 as Range<UInt64> { whole.append(MerkleHash.leaf(entry(index))) { _, _, _ in } }
        #expect(try await database.head(of: log) == whole.head)
        for (level, index, width) in [(0, 0, 256), (0, 1, 256), (0, 2, 88), (1, 0, 2)] as [(Int, UInt64, Int)] {
            let tile = try #require(Tile(.hashes(level: level), index: index, width: width))
            let bytes = try #require(try await database.bytes(of: tile, in: log, size: 600))
            try tiles.insert(bytes, for: tile)
        }
        #expect(try tiles.head(size: 600) == whole.head)
        for old in [0, 1, 255, 256, 257, 599, 600] as [UInt64] {
            let proof = try #require(try await database.consistencyProof(in: log, from: old, to: 600))
            #expect(whole.head.extends(try tiles.head(size: old), proof: proof), "from \(old)")
        }
        #expect(try await database.consistencyProof(in: log, from: 601, to: 600) == nil)
        #expect(try await database.consistencyProof(in: log, from: 1, to: 601) == nil)
    }

    @Test func entriesComeInBundlesOfWhatWasPublished() async throws {
        try await append(0..<300)
        let full = try #require(Tile(.entries, index: 0))
        let partial = try #require(Tile(.entries, index: 1, width: 44))
        let early = try #require(Tile(.entries, index: 1, width: 4))
        let database = fixture.database
        let first = try EntryBundle.decode(
            #require(try await database.bytes(of: full, in: log, size: 300)), width: 256)
        #expect(first == (0..<256).map(entry))
        let second = try EntryBundle.decode(
            #require(try await database.bytes(of: partial, in: log, size: 300)), width: 44)
        #expect(second == (256..<300).map(entry))
        // Only what a checkpoint of this size covers.
        #expect(try await database.bytes(of: partial, in: log, size: 299) == nil)
        #expect(try await database.bytes(of: early, in: log, size: 260) != nil)
        #expect(try await database.bytes(of: full, in: log, size: 301) == nil)
        #expect(try await database.bytes(of: full, in: .keys, size: 0) == nil)
    }

    @Test func aSlowerPublicationTakesNoNewerOneBack() async throws {
        try await append(0..<5)
        let signer = NoteSigner(name: try #require(NoteKeyName("issuer.example/log")), key: Ed25519.PrivateKey())
        func note(_ size: UInt64) -> [UInt8] {
            Checkpoint(origin: signer.name, head: TreeHead(size: size, root: Randomness.bytes32())).signed(by: signer)
                .encoded
        }
        let notes = [note(3), note(5), note(4), note(5)]
        for (written, kept) in [(0, 0), (1, 1), (2, 1), (3, 3)] {
            try await fixture.database.publish(notes[written], of: log)
            #expect(try fixture.database.publishedCheckpoint(of: log) == notes[kept])
        }
    }

    @Test func whatWasLoggedIsNeverChanged() async throws {
        try await append(0..<2)
        let outside = try DatabaseQueue(path: fixture.path + "/authority.sqlite")
        for statement in ["UPDATE log_entry SET entry = x'00'", "DELETE FROM log_entry"] {
            #expect(throws: DatabaseError.self) { try outside.write { try $0.execute(sql: statement) } }
        }
    }
}
