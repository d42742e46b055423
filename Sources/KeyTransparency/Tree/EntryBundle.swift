internal import PrivacyPass

/// Consecutive log entries, each with its length in two bytes before it (C2SP tlog-tiles).
public enum EntryBundle {
    /// The most bytes an entry can have.
    public static let maximumEntryCount = Int(UInt16.max)

    /// The bundle of these entries, each of at most 65,535 bytes; `nil` if one is longer.
    public static func encode(_ entries: [[UInt8]]) -> [UInt8]? {
        var bytes: [UInt8] = []
        for entry in entries {
            guard let count = UInt16(exactly: entry.count) else { return nil }
            bytes += [UInt8(count >> 8), UInt8(truncatingIfNeeded: count)] + entry
        }
        return bytes
    }

    /// The entries of a bundle, which must be `width` and nothing more; throws ``NoteError/malformed``.
    public static func decode(_ bytes: [UInt8], width: Int) throws(NoteError) -> [[UInt8]] {
        var reader = ByteReader(bytes)
        var entries: [[UInt8]] = []
        do {
            for _ in 0..<width { entries.append(Array(try reader.take(Int(try reader.uint16())))) }
            try reader.finish()
        } catch {
            throw .malformed
        }
        return entries
    }
}
