/// Counts what Foundation's decoder does not tell apart: an object that has a member twice.
enum JSONMembers {
    /// How many members all objects of a JSON text have, each counted as often as it stands there; `nil` for text that
    /// is not in UTF-8, the only encoding that travels (RFC 8259, section 8.1).
    ///
    /// Of a text that the decoder took: only then is each colon outside of strings a member. One pass, without memory.
    static func count(in text: some Sequence<UInt8>) -> Int? {
        var count = 0
        var (isInString, isEscaped) = (false, false)
        for byte in text {
            switch byte {
            // The decoder takes UTF-16 and UTF-32 as well, in which half of each character here is 0.
            case 0: return nil
            case _ where isEscaped: isEscaped = false
            case UInt8(ascii: "\\") where isInString: isEscaped = true
            case UInt8(ascii: "\""): isInString.toggle()
            case UInt8(ascii: ":") where !isInString: count += 1
            default: break
            }
        }
        return count
    }
}
