internal import LibSodium

/// An identity on one line, to be written down, read out and typed in again: 14 groups of five letters and digits, such
/// as `0q3ke-…`.
///
/// Four bits of version, the 32 bytes of the secret and 20 bits of checksum, four characters of five bits to a group,
/// with a fifth that checks the group. Any one typing error is found, and its group is named: a wrong, missing or
/// additional character, two neighbours swapped, a group left out, doubled or swapped. Case does not matter, nor what
/// stands between the groups, nor `o` for zero or `i` and `l` for one.
///
/// Whoever has the code has the identity. Reading and writing it are variable-time, which matters on no device but the
/// person's own.
public struct RecoveryCode: Sendable {
    /// How many groups there are: 14.
    public static let groupCount = 14
    private static let characterCount = groupCount * RecoveryGroup.count
    /// No text of more characters is looked at.
    private static let maximumTextCount = 512
    private static let version: UInt8 = 0
    private static let checksumCount = 4

    private let data: [UInt8]

    /// The code of an identity.
    public init(_ identity: borrowing IdentitySecret) {
        data = Self.data(identity)
    }

    /// The code in a text; throws ``RecoveryCodeError``, which names the groups to look at.
    public init(text: String) throws(RecoveryCodeError) {
        guard text.unicodeScalars.count <= Self.maximumTextCount else { throw .wrongLength(Self.maximumTextCount + 1) }
        let groups = try Self.groups(text)
        data = groups.flatMap { $0.prefix(RecoveryGroup.dataCount) }
        guard data[0] >> 1 == Self.version else { throw .unknownVersion }
        guard Self.data(identity()) == data else { throw .wrongChecksum }
    }

    /// The code in lower case, with hyphens between the groups: 83 characters. As secret as the identity.
    public var text: String {
        let groups = (0..<Self.groupCount).map { place in
            let start = place * RecoveryGroup.dataCount
            return RecoveryGroup.characters(data[start..<start + RecoveryGroup.dataCount], place: place)
        }
        return String(decoding: Array(groups.joined(separator: [UInt8(ascii: "-")])), as: UTF8.self)
    }

    /// The identity.
    public func identity() -> IdentitySecret {
        var bytes = [UInt8](repeating: 0, count: IdentitySecret.count)
        // The version takes the first four bits.
        for index in 0..<IdentitySecret.count * 8 where bit(index + 4) { bytes[index / 8] |= 0x80 >> UInt8(index % 8) }
        defer { SecretBytes.wipe(&bytes) }
        guard let identity = IdentitySecret(decoding: SecretBytes(copying: bytes)) else {
            preconditionFailure("a code has 32 bytes")
        }
        return identity
    }

    private func bit(_ index: Int) -> Bool { data[index / 5] >> UInt8(4 - index % 5) & 1 == 1 }

    /// 56 values of five bits.
    private static func data(_ identity: borrowing IdentitySecret) -> [UInt8] {
        let secret = identity.encoded()
        var bits: [Bool] = (0..<4).map { version >> UInt8(3 - $0) & 1 == 1 }
        secret.withUnsafeBytes { bytes in
            for byte in bytes { for shift in (0..<8).reversed() { bits.append(byte >> UInt8(shift) & 1 == 1) } }
        }
        let checksum = KeyedBLAKE2b.derive(Array("portes recovery code v\(version)".utf8), key: secret)
        checksum.withUnsafeBytes { bytes in
            for index in 0..<checksumCount * 5 { bits.append(bytes[index / 8] >> UInt8(7 - index % 8) & 1 == 1) }
        }
        return stride(from: 0, to: bits.count, by: 5).map { start in
            bits[start..<start + 5].reduce(0) { $0 << 1 | ($1 ? 1 : 0) }
        }
    }
}

extension RecoveryCode {
    /// The values of 14 sound groups of five.
    private static func groups(_ text: String) throws(RecoveryCodeError) -> [[UInt8]] {
        let parts = text.unicodeScalars.split(whereSeparator: RecoveryAlphabet.isSeparator)
            .map { $0.map(RecoveryAlphabet.value) }
        let values = parts.flatMap(\.self)
        // Where the person kept the groups apart, they say best which one is too long or too short.
        let isApart = parts.count == groupCount
        guard values.count == characterCount || isApart else { throw lengthError(parts) }
        let groups = isApart ? parts : split(values)
        let wrong = unsound(groups)
        if isApart, values.count == characterCount, !wrong.isEmpty, unsound(split(values)).isEmpty {
            // Only a hyphen stood in the wrong place.
            return split(values).map { $0.compactMap(\.self) }
        }
        guard wrong.isEmpty else { throw .mistyped(groups: wrong) }
        return groups.map { $0.compactMap(\.self) }
    }

    private static func split(_ values: [UInt8?]) -> [[UInt8?]] {
        stride(from: 0, to: values.count, by: RecoveryGroup.count).map { start in
            Array(values[start..<min(start + RecoveryGroup.count, values.count)])
        }
    }

    /// The places, from 1, of groups that are none.
    private static func unsound(_ groups: [[UInt8?]]) -> [Int] {
        groups.indices.filter { !RecoveryGroup.isSound(groups[$0][...], place: $0) }.map { $0 + 1 }
    }

    /// For a text with a character or a group too many or too few: the groups that can be at fault, all others being
    /// sound.
    private static func lengthError(_ parts: [[UInt8?]]) -> RecoveryCodeError {
        let values = parts.flatMap(\.self)
        let surplus = values.count - characterCount
        let isGroup = abs(surplus) == RecoveryGroup.count && parts.count == groupCount + surplus.signum()
        guard abs(surplus) == 1 || isGroup else { return .wrongLength(values.count) }
        let candidates = (0..<groupCount).filter { candidate in
            (0..<groupCount).allSatisfy { place in
                guard place != candidate else { return true }
                let start = place * RecoveryGroup.count + (place > candidate ? surplus : 0)
                return RecoveryGroup.isSound(values[start..<start + RecoveryGroup.count], place: place)
            }
        }
        return candidates.isEmpty ? .wrongLength(values.count) : .mistyped(groups: candidates.map { $0 + 1 })
    }
}

extension RecoveryCode: CustomStringConvertible, CustomReflectable {
    /// Says only that this is a recovery code.
    public var description: String { "RecoveryCode" }
    /// Shows no part of it.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
