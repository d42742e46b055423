/// Messages that were damaged on their way, and decoders that take one for something that it does not say.
package enum Damage {
    /// What to damage: all of it, or only what a message that can be cut and still be one allows.
    package enum Kind: CaseIterable, Sendable {
        /// Every beginning of the message but the whole.
        case truncation
        /// Every copy of the message with one bit flipped.
        case bitFlip
    }

    /// Every damaged copy of a message, with a few words about what was done to it.
    package static func copies(
        of bytes: [UInt8], _ kind: Kind
    ) -> some Sequence<(bytes: [UInt8], what: String)> {
        let count = kind == .truncation ? bytes.count : bytes.count * 8
        return (0..<count).lazy.map { index in
            if kind == .truncation { return (Array(bytes.prefix(index)), "cut to \(index) bytes") }
            var changed = bytes
            changed[index / 8] ^= 1 << UInt8(index % 8)
            return (changed, "bit \(index) flipped")
        }
    }

    /// What a decoder does wrong with damaged copies of a message; nothing, for a good one.
    ///
    /// It takes the message as it is, and refuses all of its beginnings unless `canBeCut`. A copy with a flipped bit
    /// is refused, or is another message: written again it has the same bytes, or at least means the same.
    package static func mistakes<Message: Equatable>(
        with bytes: [UInt8], canBeCut: Bool = false, decode: ([UInt8]) throws -> Message,
        encode: (Message) throws -> [UInt8]
    ) -> [String] {
        guard let message = try? decode(bytes), (try? decode(encode(message))) == message else {
            return ["the message itself is not read back"]
        }
        func isHonest(_ copy: [UInt8]) -> Bool {
            guard let other = try? decode(copy) else { return true }
            guard let encoded = try? encode(other) else { return false }
            return encoded == copy || (try? decode(encoded)) == other
        }
        let cut = copies(of: bytes, .truncation).filter { copy in
            canBeCut ? !isHonest(copy.bytes) : (try? decode(copy.bytes)) != nil
        }
        let flipped = copies(of: bytes, .bitFlip).filter { !isHonest($0.bytes) }
        return cut.map(\.what) + flipped.map(\.what)
    }

    /// As ``mistakes(with:canBeCut:decode:encode:)`` for a decoder of which only what it writes again is known: for
    /// every copy that it takes, those must be the copy's own bytes.
    package static func mistakes(with bytes: [UInt8], recode: ([UInt8]) throws -> [UInt8]) -> [String] {
        guard (try? recode(bytes)) == bytes else { return ["the message itself is not read back"] }
        let cut = copies(of: bytes, .truncation).filter { (try? recode($0.bytes)) != nil }
        let flipped = copies(of: bytes, .bitFlip).filter { copy in
            guard let again = try? recode(copy.bytes) else { return false }
            return again != copy.bytes
        }
        return cut.map(\.what) + flipped.map(\.what)
    }
}
