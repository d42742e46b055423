import LibSodium
import P384VOPRF
import Testing
import TestSupport

/// Keys, elements and inputs over P-384: what is taken and what must be refused.
struct P384VOPRFTests {
    /// The group order, and the field's prime, big-endian.
    static let order = number(
        0xffff_ffff_ffff_ffff, 0xffff_ffff_ffff_ffff, 0xffff_ffff_ffff_ffff, 0xc763_4d81_f437_2ddf, 0x581a_0db2_48b0_a77a,
        0xecec_196a_ccc5_2973)
    static let prime = number(
        0xffff_ffff_ffff_ffff, 0xffff_ffff_ffff_ffff, 0xffff_ffff_ffff_ffff, 0xffff_ffff_ffff_fffe, 0xffff_ffff_0000_0000,
        0x0000_0000_ffff_ffff)

    static func number(_ words: UInt64...) -> [UInt8] {
        words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
    }

    /// A number with something small added to its last byte.
    private static func adding(_ step: Int, to number: [UInt8]) -> [UInt8] {
        number.dropLast() + [UInt8(Int(number[number.count - 1]) + step)]
    }

    @Test func whatIsBlindedAndEvaluatedBecomesTheOutput() throws {
        let key = try P384PrivateKey()
        for count in [0, 1, 98, 65_535] {
            let input = Randomness.bytes(count)
            let first = try key.publicKey.blind(input)
            let second = try key.publicKey.blind(input)
            let other = second.element
            let element = first.element
            #expect(element != other && P384Element.isValid(element))
            let output = try first.finalize(key.evaluate(blinded: element))
            #expect(output.count == 48)
            #expect(try output == key.evaluate(input))
            #expect(try output == second.finalize(key.evaluate(blinded: other)))
            #expect(try output != P384PrivateKey().evaluate(input))
        }
        #expect(throws: P384VOPRFError.blindingFailed) { _ = try key.publicKey.blind([UInt8](repeating: 0, count: 65_536)) }
        #expect(throws: P384VOPRFError.evaluationFailed) { try key.evaluate([UInt8](repeating: 0, count: 65_536)) }
    }

    @Test func aPrivateKeyIsAScalarFromOneToTheOrderLessOne() throws {
        let zero = [UInt8](repeating: 0, count: 48)
        for scalar in [Self.adding(1, to: zero), Self.adding(-1, to: Self.order)] {
            let key = try P384PrivateKey(decoding: SecretBytes(copying: scalar))
            #expect(key.encoded().withUnsafeBytes { Array($0) } == scalar)
        }
        let short = Array(Self.adding(1, to: zero).dropFirst())
        for bad in [[], short, [0] + Self.adding(1, to: zero), zero, Self.order, Self.adding(1, to: Self.order)]
            + [[UInt8](repeating: 0xff, count: 48)] {
            #expect(throws: P384VOPRFError.invalidPrivateKey) { try P384PrivateKey(decoding: SecretBytes(copying: bad)) }
        }
        let key = try P384PrivateKey()
        #expect(try P384PrivateKey(decoding: key.encoded()).publicKey == key.publicKey)
    }

    /// Half of all keys have a point without a compact representation.
    @Test func aNewKeyIsAnyKey() throws {
        let firstBytes = try Set((0..<64).map { _ in try P384PrivateKey().publicKey.encoded[0] })
        #expect(firstBytes == [2, 3])
    }

    @Test func damagedKeysAndElementsAreRefusedOrOthers() throws {
        let key = try P384PrivateKey()
        let encoded = key.publicKey.encoded
        #expect(Damage.mistakes(with: encoded) { try P384PublicKey(decoding: $0).encoded } == [])
        for copy in Damage.copies(of: encoded, .truncation) { #expect(!P384Element.isValid(copy.bytes), "\(copy.what)") }
        var kinds: Set<Bool> = []
        for copy in Damage.copies(of: encoded, .bitFlip) {
            let isValid = P384Element.isValid(copy.bytes)
            kinds.insert(isValid)
            #expect((try? P384PublicKey(decoding: copy.bytes))?.encoded == (isValid ? copy.bytes : nil), "\(copy.what)")
        }
        // About half of all numbers are the first coordinate of a point.
        #expect(kinds == [true, false])
        #expect(try P384PublicKey(decoding: encoded).hashValue == key.publicKey.hashValue)
    }

    @Test func whatIsNoCompressedPointIsRefused() throws {
        let key = try P384PrivateKey()
        let encoded = key.publicKey.encoded
        // The first number from zero up that is no point's coordinate, and the same point as `prime + x`.
        let zero = [UInt8](repeating: 0, count: 48)
        let numbers = (0..<40).map { Self.adding($0, to: zero) }
        let off = try #require(numbers.first { !P384Element.isValid([2] + $0) })
        let on = try #require(numbers.firstIndex { P384Element.isValid([2] + $0) })
        #expect(on < 40)
        // Prime ends in 0xffffffff: adding one and more carries over the last four bytes.
        let above = Array(Self.prime.dropLast(5)) + [1, 0, 0, 0, UInt8(max(on, 1) - 1)]
        var bad = [[], [0], [UInt8](repeating: 0, count: 49), [2] + off, [3] + off, encoded + [0]]
        bad += [[2] + Self.prime, [3] + Self.prime, [2] + [UInt8](repeating: 0xff, count: 48)]
        if on > 0 { bad += [[2] + above, [3] + above] }
        bad += [0, 1, 4, 5, 6, 7, 0x82, 0xff].map { [$0] + encoded.dropFirst() }
        // 97 bytes: the generator, uncompressed and hybrid.
        let x = Self.number(
            0xaa87_ca22_be8b_0537, 0x8eb1_c71e_f320_ad74, 0x6e1d_3b62_8ba7_9b98, 0x59f7_41e0_8254_2a38,
            0x5502_f25d_bf55_296c, 0x3a54_5e38_7276_0ab7)
        let y = Self.number(
            0x3617_de4a_9626_2c6f, 0x5d9e_98bf_9292_dc29, 0xf8f4_1dbd_289a_147c, 0xe9da_3113_b5f0_b8c0,
            0x0a60_b1ce_1d7e_819d, 0x7a43_1d7c_90ea_0e5f)
        #expect(P384Element.isValid([3] + x))
        bad += [[4] + x + y, [7] + x + y, x, x + y]
        for bytes in bad {
            #expect(!P384Element.isValid(bytes), "\(bytes.count) bytes, \(bytes.first ?? 0)")
            #expect(throws: P384VOPRFError.invalidPublicKey) { try P384PublicKey(decoding: bytes) }
            #expect(throws: P384VOPRFError.invalidElement) { try key.evaluate(blinded: bytes) }
        }
    }

    /// Both keys are used from many threads at once, with no copy of either made beforehand.
    @Test func oneKeyServesManyTasksAtOnce() async throws {
        let key = try P384PrivateKey()
        let publicKey = key.publicKey
        let input = Randomness.bytes(98)
        let expected = try key.evaluate(input)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<8 {
                        let blinded = try publicKey.blind(input)
                        let evaluation = try key.evaluate(blinded: blinded.element)
                        guard try blinded.finalize(evaluation) == expected, try key.evaluate(input) == expected
                        else { return false }
                    }
                    return true
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
        #expect(publicKey.encoded == key.publicKey.encoded)
    }
}
