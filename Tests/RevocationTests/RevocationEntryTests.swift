import KeySchedule
import LibSodium
import PrivacyPass
import Revocation
import Testing

@Suite struct RevocationEntryTests {
    @Test func anEntryDecodesAndEncodesToTheSameBytes() throws {
        for entry in try Sample.entries(4) {
            #expect(try RevocationEntry(decoding: entry.encoded) == entry)
            #expect(entry.encoded.count == (entry.sequence % 2 == 0 ? 66 : 50))
        }
    }

    @Test func everyTruncationIsRefusedAndSoAreTrailingBytes() throws {
        for entry in try Sample.entries(2) {
            for count in 0..<entry.encoded.count {
                #expect(throws: MessageError.self, "\(count) bytes") {
                    try RevocationEntry(decoding: Array(entry.encoded.prefix(count)))
                }
            }
            #expect(throws: MessageError.trailingBytes) { try RevocationEntry(decoding: entry.encoded + [0]) }
        }
    }

    @Test func everyFlippedBitIsRefusedOrAnotherEntry() throws {
        for entry in try Sample.entries(2) {
            for bit in 0..<entry.encoded.count * 8 {
                var changed = entry.encoded
                changed[bit / 8] ^= 1 << (bit % 8)
                guard let other = try? RevocationEntry(decoding: changed) else { continue }
                #expect(other != entry && other.encoded == changed, "bit \(bit)")
            }
        }
    }

    @Test(arguments: [0, 5, 255] as [UInt8]) func anUnknownKindIsRefused(kind: UInt8) throws {
        var bytes = try Sample.entries(1)[0].encoded
        bytes[8] = kind
        #expect(throws: MessageError.invalidEncoding) { try RevocationEntry(decoding: bytes) }
    }

    @Test(arguments: [6, 255] as [UInt8]) func anUnknownReasonIsRefused(reason: UInt8) throws {
        var bytes = try Sample.entries(1)[0].encoded
        bytes[41] = reason
        #expect(throws: MessageError.invalidEncoding) { try RevocationEntry(decoding: bytes) }
    }

    @Test func aDateSaysOnlyTheDay() throws {
        let noon = UnixTime(seconds: 1_800_000_000)
        let entry = try RevocationEntry(
            sequence: 1, subject: .key(Sample.keyID(1)), reason: .unspecified, effective: noon)
        #expect(entry.effective == noon.startOfDay)
        var bytes = entry.encoded
        bytes[bytes.count - 1] ^= 1
        #expect(throws: MessageError.invalidEncoding) { try RevocationEntry(decoding: bytes) }
    }

    @Test func theEarliestAndTheLatestDateDoNotTrap() throws {
        let undated = try Sample.entries(1)[0].encoded.dropLast(8)
        for bytes in [[0x80, 0, 0, 0, 0, 0, 0, 0], [0x7f] + [UInt8](repeating: 0xff, count: 7)] as [[UInt8]] {
            let encoded = Array(undated) + bytes
            if let entry = try? RevocationEntry(decoding: encoded) { #expect(entry.encoded == encoded) }
        }
    }

    @Test func everyKindDecodesAndEncodesToTheSameBytes() throws {
        let entries = try Sample.kinds()
        #expect(entries.map(\.encoded.count) == [66, 50, 23, 50, 66])
        for entry in entries { #expect(try RevocationEntry(decoding: entry.encoded) == entry) }
    }

    @Test(arguments: ["", "A", "-", "a_b", "é"]) func whatIsNoNameOfACapabilityIsRefused(name: String) {
        let name = Array(name.utf8)
        let bytes = [UInt8](repeating: 0, count: 7) + [1, 3, UInt8(name.count)] + name
            + [UInt8](repeating: 0, count: 9)
        #expect(throws: MessageError.invalidEncoding) { try RevocationEntry(decoding: bytes) }
    }

    @Test(arguments: [Int64.min, -86_401, -1, 0, 1, .max]) func everyDateIsADayThatCanBeWritten(seconds: Int64) throws {
        let entry = try RevocationEntry(
            sequence: 1, subject: .key(Sample.keyID(1)), reason: .unspecified, effective: UnixTime(seconds: seconds))
        #expect(entry.effective >= UnixTime(seconds: 0) && entry.effective == entry.effective.startOfDay)
        #expect(try RevocationEntry(decoding: entry.encoded) == entry)
    }

    @Test func aRootIsOverTheRootBeforeItAndTheEntry() throws {
        let entry = try Sample.entries(1)[0]
        let label = Array("portes revocation entry v1\n".utf8)
        #expect(entry.root(after: RevocationEntry.emptyRoot) == SHA256.hash(label + Bytes32.zero.bytes + entry.encoded))
        #expect(entry.root(after: Randomness.bytes32()) != entry.root(after: RevocationEntry.emptyRoot))
    }

    @Test func everyReasonHasANameOfItsOwn() {
        for reason in RevocationReason.allCases { #expect(RevocationReason(name: reason.name) == reason) }
        #expect(Set(RevocationReason.allCases.map(\.name)).count == RevocationReason.allCases.count)
        for name in ["", "Surrendered", "key_compromised"] { #expect(RevocationReason(name: name) == nil) }
    }
}
