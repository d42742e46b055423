import LibSodium
import Testing

@Suite struct Ristretto255Tests {
    private static let valid = Ristretto255Tests.element("some message")

    private static func element(_ message: String) -> Ristretto255.Element {
        guard
            let element = try? Ristretto255.Element(
                hashing: Array(message.utf8), domainSeparationTag: Array("test".utf8))
        else { preconditionFailure("a message hashed to the identity") }
        return element
    }

    @Test func anEncodingDecodesToItself() throws {
        let encoded = Self.valid.encoded
        #expect(try Ristretto255.Element(decoding: encoded).encoded == encoded)
        #expect(try Ristretto255.Element(decoding: encoded.bytes).encoded == encoded)
    }

    @Test func theTopBitIsRefusedThoughLibsodiumIgnoresIt() {
        var bytes = Self.valid.encoded.bytes
        bytes[31] |= 0x80
        #expect(throws: Ristretto255.DecodingError.notCanonical) { try Ristretto255.Element(decoding: bytes) }
    }

    @Test func theIdentityIsRefused() {
        #expect(throws: Ristretto255.DecodingError.identity) {
            try Ristretto255.Element(decoding: [UInt8](repeating: 0, count: 32))
        }
    }

    @Test(arguments: [0, 1, 31, 33, 64])
    func anotherLengthIsRefused(count: Int) {
        let bytes = [UInt8](repeating: 1, count: count)
        #expect(throws: Ristretto255.DecodingError.wrongLength) { try Ristretto255.Element(decoding: bytes) }
        #expect(throws: Ristretto255.DecodingError.wrongLength) { try Ristretto255.Scalar(decoding: bytes) }
    }

    // RFC 9496, appendix A.2: non-canonical field elements, negative ones, non-square x², negative xy, s = -1.
    @Test(arguments: [
        "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
        "c34c4e1826e5d403b78e246e88aa051c36ccf0aafebffe137d148a2bf9104562",
        "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
        "4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f",
        "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ])
    func theBadEncodingsOfRFC9496AreRefused(hex: String) throws {
        let bytes = try fromHex(hex)
        #expect(throws: Ristretto255.DecodingError.self) { try Ristretto255.Element(decoding: bytes) }
    }

    // RFC 9496, appendix A.1: the generator's multiples.
    @Test(arguments: [
        (1, "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"),
        (2, "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919"),
        (15, "e0c418f7c8d9c4cdd7395b93ea124f3ad99021bb681dfc3302a9d99a2e53e64e"),
    ])
    func smallMultiplesOfTheGeneratorMatchRFC9496(factor: Int, hex: String) throws {
        let scalar = try Ristretto255.Scalar(decoding: [UInt8(factor)] + [UInt8](repeating: 0, count: 31))
        let expected = try fromHex(hex)
        #expect(try Ristretto255.Element.generator(times: scalar).encoded.bytes == expected)
        let one = try Ristretto255.Scalar(decoding: [1] + [UInt8](repeating: 0, count: 31))
        var sum = try Ristretto255.Element.generator(times: one)
        for _ in 1..<factor { sum = try sum + Ristretto255.Element.generator(times: one) }
        #expect(sum.encoded.bytes == expected)
    }

    @Test func scalarsAtAndAboveTheOrderAreRefusedAndBelowAccepted() throws {
        let order = try fromHex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        #expect(throws: Ristretto255.DecodingError.notCanonical) { try Ristretto255.Scalar(decoding: order) }
        var above = order
        above[0] += 1
        #expect(throws: Ristretto255.DecodingError.notCanonical) { try Ristretto255.Scalar(decoding: above) }
        #expect(throws: Ristretto255.DecodingError.notCanonical) {
            try Ristretto255.Scalar(decoding: [UInt8](repeating: 0xff, count: 32))
        }
        var below = order
        below[0] -= 1
        #expect(try Ristretto255.Scalar(decoding: below).encoded.bytes == below)
        #expect(throws: Ristretto255.DecodingError.notCanonical) {
            _ = try SecretScalar(decoding: SecretBytes(copying: order))
        }
        #expect(throws: Ristretto255.DecodingError.notCanonical) {
            _ = try SecretScalar(decoding: SecretBytes(copying: [UInt8](repeating: 0, count: 32)))
        }
    }

    @Test func multiplyingByZeroAndAddingTheInverseAreDegenerate() throws {
        let zero = try Ristretto255.Scalar(decoding: [UInt8](repeating: 0, count: 32))
        #expect(throws: Ristretto255.DegenerateResult.self) { try zero * Self.valid }
        var minusOne = try fromHex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        minusOne[0] -= 1
        let inverse = try Ristretto255.Scalar(decoding: minusOne) * Self.valid
        #expect(throws: Ristretto255.DegenerateResult.self) { try Self.valid + inverse }
    }

    @Test(arguments: [1, 2, 3, 17, 100])
    func aBatchInversionUndoesEachMultiplication(count: Int) throws {
        let scalars = SecretScalarList(randomCount: count)
        let inverses = scalars.inverted()
        for index in 0..<count {
            let element = Self.element("element \(index)")
            let blinded = try scalars.multiply(element, byScalarAt: index)
            #expect(blinded != element)
            let unblinded = try inverses.multiply(blinded, byScalarAt: index)
            #expect(unblinded == element)
        }
    }

    @Test func aListOfSecretScalarsSurvivesEncoding() throws {
        let scalars = SecretScalarList(randomCount: 3)
        let copy = try SecretScalarList(decoding: scalars.encoded())
        let (product, expected) = try (
            copy.multiply(Self.valid, byScalarAt: 2), scalars.multiply(Self.valid, byScalarAt: 2)
        )
        #expect(product == expected)
        #expect(throws: Ristretto255.DecodingError.wrongLength) {
            _ = try SecretScalarList(decoding: SecretBytes(randomCount: 33))
        }
        #expect(throws: Ristretto255.DecodingError.notCanonical) {
            _ = try SecretScalarList(decoding: SecretBytes(copying: [UInt8](repeating: 0, count: 64)))
        }
    }
}

/// The bytes in hexadecimal digits.
func fromHex(_ hex: String) throws -> [UInt8] {
    var output: [UInt8] = []
    var rest = Substring(hex)
    while !rest.isEmpty {
        output.append(try #require(UInt8(rest.prefix(2), radix: 16)))
        rest = rest.dropFirst(2)
    }
    return output
}
