import KeySchedule
import LibSodium
import PrivacyPass
import Revocation
import TestSupport
import Testing

@Suite struct RevocationListTests {
    @Test func nothingIsRevokedInTheEmptyList() throws {
        let list = RevocationList()
        #expect(list.size == 0 && list.root == RevocationEntry.emptyRoot)
        #expect(try !list.isRevoked(Sample.keyID(1)))
        #expect(try !list.isRevoked(Sample.nullifier(1), keyID: Sample.keyID(1)))
    }

    @Test func anEntryRevokesWhatItNamesAndNothingElse() throws {
        let list = try Sample.list(Sample.entries(2))
        #expect(try list.isRevoked(Sample.keyID(1)))
        #expect(try list.isRevoked(Sample.nullifier(2), keyID: Sample.keyID(2)))
        #expect(try !list.isRevoked(Sample.nullifier(2), keyID: Sample.keyID(1)))
        #expect(try !list.isRevoked(Sample.nullifier(1), keyID: Sample.keyID(2)))
        #expect(try !list.isRevoked(Sample.keyID(2)))
    }

    @Test func aCapabilityIsRevokedFromItsDayOnWhateverTheKey() throws {
        let (play, session) = (try #require(Capability("play")), try #require(Capability("session")))
        let day = Sample.time.startOfDay
        func entry(_ sequence: UInt64, _ days: Int64) -> RevocationEntry {
            RevocationEntry(
                sequence: sequence, subject: .capability(play), reason: .withdrawn,
                effective: day.adding(seconds: 86_400 * days))
        }
        var list = try Sample.list([entry(1, 2)])
        #expect(!list.isRevoked(play, at: day.adding(seconds: 2 * 86_400 - 1)))
        #expect(list.isRevoked(play, at: day.adding(seconds: 2 * 86_400)))
        #expect(!list.isRevoked(session, at: UnixTime(seconds: .max)))
        // An entry can move it to an earlier day, and none to a later one.
        try list.append(entry(2, 1))
        try list.append(entry(3, 5))
        #expect(!list.isRevoked(play, at: day.adding(seconds: 86_399)))
        #expect(list.isRevoked(play, at: day.adding(seconds: 86_400)))
    }

    @Test func aVerifierIsRevokedByItsId() throws {
        let list = try Sample.list(Sample.kinds())
        #expect(list.isRevoked(VerifierID(try #require(Bytes32([UInt8](repeating: 9, count: 32))))))
        #expect(!list.isRevoked(VerifierID(Bytes32.zero)))
    }

    /// The table is cut in 256 parts by a byte of the nullifier: every part finds its own and nothing else.
    @Test func manyTokensAreFoundExactly() throws {
        var random = SplitMix(seed: 20_261_124)
        func nullifier() throws -> Nullifier {
            try #require(Nullifier((0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }))
        }
        let (here, elsewhere) = (try Sample.keyID(1), try Sample.keyID(2))
        let revoked = try (0..<5_000).map { _ in try nullifier() }
        var list = RevocationList()
        for (index, one) in revoked.enumerated() {
            try list.append(
                RevocationEntry(
                    sequence: UInt64(index + 1), subject: .token(one, here), reason: .surrendered,
                    effective: Sample.time))
        }
        #expect(revoked.allSatisfy { list.isRevoked($0, keyID: here) && !list.isRevoked($0, keyID: elsewhere) })
        #expect(try (0..<5_000).allSatisfy { _ in try !list.isRevoked(nullifier(), keyID: here) })
    }

    @Test func theRootChainsTheEntries() throws {
        let entries = try Sample.entries(3)
        var root = RevocationEntry.emptyRoot
        for entry in entries { root = entry.root(after: root) }
        let list = try Sample.list(entries)
        #expect(list.root == root && list.size == 3)
        #expect(try list.root != Sample.list(Sample.entries(3, variant: 0x40)).root)
        #expect(try list.root != Sample.list(Sample.entries(2)).root)
    }

    @Test(arguments: [0, 1, 2, 4, .max] as [UInt64]) func anEntryOutOfSequenceIsAGap(sequence: UInt64) throws {
        var list = try Sample.list(Sample.entries(2))
        let before = list.root
        let entry = try RevocationEntry(
            sequence: sequence, subject: .key(Sample.keyID(9)), reason: .unspecified, effective: Sample.time)
        #expect(throws: RevocationError.gap) { try list.append(entry) }
        #expect(try list.root == before && list.size == 2 && !list.isRevoked(Sample.keyID(9)))
    }

    @Test func entriesThatLeadToTheHeadAreApplied() throws {
        let entries = try Sample.entries(5)
        let known = try Sample.list(Array(entries[..<2]))
        let whole = try Sample.list(entries)
        let next = try known.applying(Array(entries[2...]), upTo: Sample.head(of: whole))
        #expect(next.root == whole.root && next.size == 5)
        for number in [1, 3, 5] as [UInt8] { #expect(try next.isRevoked(Sample.keyID(number))) }
        #expect(known.size == 2)
    }

    @Test func aHeadOfWhatIsKnownNeedsNoEntries() throws {
        for count in [0, 3] as [UInt8] {
            let list = try Sample.list(Sample.entries(count))
            #expect(try list.applying([], upTo: Sample.head(of: list)).root == list.root)
        }
    }

    @Test func aMissingEntryIsAGapWhereverItIs() throws {
        let entries = try Sample.entries(6)
        let known = try Sample.list(Array(entries[..<2]))
        let head = try Sample.head(of: Sample.list(entries))
        for missing in 2..<6 {
            var some = Array(entries[2...])
            some.remove(at: missing - 2)
            #expect(throws: RevocationError.gap, "entry \(missing + 1)") { try known.applying(some, upTo: head) }
        }
        #expect(throws: RevocationError.gap) { try known.applying([], upTo: head) }
        // Entries that are known already, entries twice, and entries in another order.
        for some in [Array(entries[1...]), Array(entries[2...]) + [entries[5]], entries[2...].reversed()] {
            #expect(throws: RevocationError.gap) { try known.applying(some, upTo: head) }
        }
    }

    @Test func entriesBeyondTheHeadAreAGap() throws {
        let entries = try Sample.entries(4)
        let head = try Sample.head(of: Sample.list(Array(entries[..<3])))
        #expect(throws: RevocationError.gap) { try RevocationList().applying(entries, upTo: head) }
    }

    @Test func anotherHistoryIsAFork() throws {
        let ours = try Sample.entries(4)
        let theirs = try Sample.entries(4, variant: 0x40)
        let known = try Sample.list(Array(ours[..<2]))
        let head = try Sample.head(of: Sample.list(theirs))
        // The tail of a history whose beginning was another one here.
        #expect(throws: RevocationError.fork) { try known.applying(Array(theirs[2...]), upTo: head) }
        #expect(throws: RevocationError.fork) { try known.applying(Array(ours[2...]), upTo: head) }
        // The same length, another root: nothing new to read, and still two histories.
        let whole = try Sample.list(ours)
        #expect(throws: RevocationError.fork) { try whole.applying([], upTo: head) }
        // One entry changed on its way.
        var changed = Array(ours[2...])
        changed[1] = theirs[3]
        #expect(throws: RevocationError.fork) { try known.applying(changed, upTo: Sample.head(of: whole)) }
    }

    @Test func aShorterHeadIsARollback() throws {
        let entries = try Sample.entries(4)
        let known = try Sample.list(entries)
        for count in 0..<4 {
            let head = try Sample.head(of: Sample.list(Array(entries[..<count])))
            #expect(throws: RevocationError.rollback, "\(count)") { try known.applying([], upTo: head) }
        }
    }

    @Test func whatIsRevokedTwiceIsStillRevoked() throws {
        let twice = try (1...2).map {
            try RevocationEntry(
                sequence: $0, subject: .key(Sample.keyID(1)), reason: .unspecified, effective: Sample.time)
        }
        #expect(try Sample.list(twice).isRevoked(Sample.keyID(1)))
    }
}
