import LibSodium
import PrivacyPass
import Revocation
import TestSupport
import Testing

@Suite struct RevocationDeltaTests {
    private func tokens(_ count: Int, after: UInt64 = 0, keys: UInt8 = 1) throws -> [RevocationEntry] {
        let ids = try (1...keys).map { try Sample.keyID($0) }
        return try (0..<count).map { index in
            RevocationEntry(
                sequence: after + UInt64(index) + 1,
                subject: .token(try #require(Nullifier(Randomness.bytes(16))), ids[index % ids.count]),
                reason: .surrendered, effective: Sample.time)
        }
    }

    @Test func aDeltaDecodesAndEncodesToTheSameBytes() throws {
        for (after, entries) in try [(0, []), (0, Sample.kinds()), (7, tokens(300, after: 7, keys: 9))] {
            let delta = try #require(RevocationDelta(after: UInt64(after), entries: entries))
            let decoded = try RevocationDelta(decoding: delta.encoded)
            #expect(decoded == delta && decoded.encoded == delta.encoded)
        }
    }

    @Test func tenThousandTokensTakeLessThanThreeHundredAndFiftyKilobytes() throws {
        let entries = try tokens(RevocationDelta.maximumEntryCount, keys: 20)
        let delta = try #require(RevocationDelta(after: 0, entries: entries))
        #expect(delta.encoded.count <= 350_000)
        #expect(try RevocationDelta(decoding: delta.encoded) == delta)
    }

    @Test func aDeltaOfTheLongestEntriesFitsItsLimit() throws {
        let name = try #require(Capability(String(repeating: "a", count: 63)))
        let entries = (1...UInt64(RevocationDelta.maximumEntryCount)).map {
            RevocationEntry(sequence: $0, subject: .capability(name), reason: .withdrawn, effective: Sample.time)
        }
        let delta = try #require(RevocationDelta(after: 0, entries: entries))
        #expect(delta.encoded.count <= RevocationDelta.maximumEncodedCount)
        #expect(try RevocationDelta(decoding: delta.encoded) == delta)
    }

    @Test func entriesThatDoNotFollowAreNoDelta() throws {
        let entries = try Sample.kinds()
        #expect(RevocationDelta(after: 1, entries: entries) == nil)
        #expect(RevocationDelta(after: 0, entries: Array(entries.dropFirst())) == nil)
        #expect(RevocationDelta(after: 0, entries: [entries[0], entries[2]]) == nil)
        #expect(RevocationDelta(after: 0, entries: entries.reversed()) == nil)
        #expect(RevocationDelta(after: .max, entries: [entries[0]]) == nil)
        #expect(try RevocationDelta(after: 0, entries: tokens(RevocationDelta.maximumEntryCount + 1)) == nil)
    }

    /// version 1 ‖ after ‖ keys ‖ entries: what is written by hand is read only in its one form.
    @Test func whatIsNotTheOneEncodingIsMalformed() throws {
        let (one, two) = (try Sample.keyID(1).bytes.bytes, try Sample.keyID(2).bytes.bytes)
        func delta(_ keys: [[UInt8]], _ places: [UInt8], count: UInt8? = nil, version: UInt8 = 1) -> [UInt8] {
            var bytes = [version] + [UInt8](repeating: 0, count: 8)
            bytes += [0, UInt8(keys.count)]
            bytes += Array(keys.joined())
            bytes += [0, count ?? UInt8(places.count)]
            for place in places { bytes += [1, 0, place, 0, 0, 0, 0, 1] as [UInt8] }
            return bytes
        }
        #expect(throws: Never.self) { try RevocationDelta(decoding: delta([one, two], [0, 1, 0])) }
        let bad = [
            [], delta([one], [0], version: 0), delta([one], [0], version: 2),
            // A key id that is not named, is named in another order, stands twice or is not there.
            delta([one, two], [0]), delta([one, two], [1, 0]), delta([one, two], [1, 0, 1]),
            delta([one, one], [0, 1]), delta([one], [1]), delta([], [0]),
            // More or fewer entries than are said to be there.
            delta([one], [0], count: 2), delta([one], [0, 0], count: 1), delta([one], [0]) + [0],
        ]
        for bytes in bad { #expect(throws: RevocationError.malformed) { try RevocationDelta(decoding: bytes) } }
    }

    @Test func countsThatNothingFollowsAreRefusedBeforeAnythingIsReserved() {
        let start: [UInt8] = [1] + [UInt8](repeating: 0xff, count: 8)
        for bytes in [start + [0xff, 0xff], start + [0, 0, 0xff, 0xff], start + [0, 0, 0, 1]] {
            #expect(throws: RevocationError.malformed) { try RevocationDelta(decoding: bytes) }
        }
        #expect(throws: RevocationError.malformed) {
            try RevocationDelta(decoding: [UInt8](repeating: 0, count: RevocationDelta.maximumEncodedCount + 1))
        }
    }
}
