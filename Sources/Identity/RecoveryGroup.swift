/// One group of a recovery code: four characters that mean something, and a fifth that checks them.
///
/// The fifth is chosen so that Σ weight·value over the field of 32 elements is the group's place in the code. The
/// weights differ and are not zero: so one wrong character, two neighbours swapped and two groups swapped are always
/// found.
enum RecoveryGroup {
    /// How many characters mean something: 4.
    static let dataCount = 4
    /// How many characters a group has: 5.
    static let count = 5

    /// Powers of the field's generator, for the characters in turn.
    private static let weights: [UInt8] = [2, 4, 8, 16, 1]

    /// The characters of the group at a place, from 0, for four values.
    static func characters(_ data: ArraySlice<UInt8>, place: Int) -> [UInt8] {
        (data + [sum(data) ^ UInt8(truncatingIfNeeded: place)]).map(RecoveryAlphabet.character)
    }

    /// Whether five values are the group at a place, from 0.
    static func isSound(_ values: ArraySlice<UInt8?>, place: Int) -> Bool {
        let known = values.compactMap(\.self)
        return known.count == count && values.count == count && sum(known[...]) == UInt8(truncatingIfNeeded: place)
    }

    private static func sum(_ values: ArraySlice<UInt8>) -> UInt8 {
        zip(values, weights).reduce(0) { $0 ^ product($1.0, $1.1) }
    }

    /// The product in the field of 32 elements, modulo x⁵ + x² + 1.
    private static func product(_ left: UInt8, _ right: UInt8) -> UInt8 {
        var (left, right, product) = (left, right, UInt8(0))
        while right != 0 {
            if right & 1 == 1 { product ^= left }
            left = left & 0x10 == 0 ? left << 1 : (left << 1 ^ 0b10_0101) & 31
            right >>= 1
        }
        return product
    }
}
