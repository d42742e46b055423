import LibSodium
import PrivacyPass
import TestSupport
import Testing

@testable import Recovery

/// What was spent, in few bytes.
@Suite struct SpentFilterTests {
    private func nullifiers(_ count: Int, _ generator: inout SplitMix) -> [Nullifier] {
        (0..<count).map { _ in Nullifier(high: generator.next(), low: generator.next()) }
    }

    @Test(arguments: [0, 1, 2, 3, 100, 5_000]) func everySpentTokenIsFoundAndHardlyAnother(count: Int) throws {
        var generator = SplitMix(seed: 7)
        let spent = nullifiers(count, &generator)
        let filter = try SpentFilter(decoding: SpentFilter(spent.shuffled()).encoded)
        #expect(filter.count == count && filter == SpentFilter(spent))
        #expect(filter.spent(among: spent) == Set(spent))
        let others = nullifiers(20_000, &generator)
        // 4.9 are expected; 25 are beyond all chance.
        #expect(filter.spent(among: others).count <= 25)
        if count == 5_000 { #expect(filter.encoded.count < 5_000 * 14 / 8 + 9) }
    }

    @Test func aFilterThatWasCutOrHasMoreIsRefused() {
        var generator = SplitMix(seed: 8)
        let encoded = SpentFilter(nullifiers(300, &generator)).encoded
        for count in 0..<encoded.count - 1 {
            #expect(throws: MessageError.self) { try SpentFilter(decoding: Array(encoded.prefix(count))) }
        }
        #expect(throws: MessageError.self) { try SpentFilter(decoding: encoded + [0]) }
        #expect(throws: MessageError.self) { try SpentFilter(decoding: [2] + encoded.dropFirst()) }
    }

    @Test func hostileBytesNeitherTrapNorTakeLong() {
        var generator = SplitMix(seed: 9)
        for _ in 0..<3_000 {
            var bytes = (0..<Int.random(in: 0...80, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            if bytes.count > 9 { bytes.replaceSubrange(0..<8, with: [1, 0, 0, 0, 0, 0, 0, 0]) }
            guard let filter = try? SpentFilter(decoding: bytes) else { continue }
            _ = filter.spent(among: nullifiers(3, &generator))
        }
        for count in [UInt64.max, 1 << 63, 1 << 52, 1 << 40, 1 << 20] {
            let header = [UInt8(1)] + (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * UInt64($0))) }
            for fill in [UInt8(0), 0xff] {
                let bytes = header + [UInt8](repeating: fill, count: 10_000)
                #expect(throws: MessageError.self) { try SpentFilter(decoding: bytes) }
            }
        }
    }
}

/// What an issuer keeps for somebody who may lose a device.
@Suite struct RecoveryRecordTests {
    private let keyID = TokenKeyID(Randomness.bytes32())

    @Test func aRecordAndAListAreReadAsTheyWereWritten() throws {
        for count in [1, 488, 1_024] {
            let record = try #require(
                RecoveryRecord(lookup: .init(Randomness.bytes32()), keyID: keyID, sealed: Randomness.bytes(count)))
            #expect(try RecoveryRecord(decoding: record.encoded) == record)
        }
        let sealed = (0..<64).map { Randomness.bytes($0 + 1) }
        #expect(try RecoveryRecord.decode(RecoveryRecord.encode(sealed)) == sealed)
        #expect(try RecoveryRecord.decode([]) == [])
    }

    @Test func whatIsTooLongTooShortOrTooManyIsRefused() {
        for count in [0, 1_025] {
            #expect(RecoveryRecord(lookup: .init(.zero), keyID: keyID, sealed: Randomness.bytes(count)) == nil)
            #expect(throws: MessageError.self) { try RecoveryRecord(decoding: Randomness.bytes(64 + count)) }
        }
        #expect(throws: MessageError.self) { try RecoveryRecord(decoding: Randomness.bytes(63)) }
        let many = (0..<65).map { _ in [UInt8(1)] }
        #expect(throws: MessageError.self) { try RecoveryRecord.decode(RecoveryRecord.encode(many)) }
        for bytes in [[0], [0, 0], [0, 2, 1], [4, 1] + Randomness.bytes(1_025)] {
            #expect(throws: MessageError.self) { try RecoveryRecord.decode(bytes) }
        }
    }
}
