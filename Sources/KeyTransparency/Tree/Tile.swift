/// Which part of a tree a static file holds (C2SP tlog-tiles): up to 256 consecutive hashes of one tile level, or the
/// entries under the lowest.
public struct Tile: Sendable, Hashable {
    /// What a tile holds.
    public enum Kind: Sendable, Hashable {
        /// Hashes of subtrees of 256^level leaves; level 0 to 7 here.
        case hashes(level: Int)
        /// The entries themselves.
        case entries
    }

    /// The number of hashes or entries in a full tile: 256.
    public static let fullWidth = 256

    /// What it holds.
    public let kind: Kind
    /// The place among the tiles of its kind.
    public let index: UInt64
    /// How many hashes or entries it holds: 256, or fewer at the right edge of the tree.
    public let width: Int

    /// A tile from its parts; `nil` if no tree has it.
    public init?(_ kind: Kind, index: UInt64, width: Int = fullWidth) {
        guard (1...Self.fullWidth).contains(width), index <= UInt64.max >> 8 else { return nil }
        if case .hashes(let level) = kind, !(0...7).contains(level) { return nil }
        self.kind = kind
        self.index = index
        self.width = width
    }

    /// The path under the log's prefix, such as `tile/0/x001/x234/067.p/8` (C2SP tlog-tiles).
    public var path: String {
        var digits = String(index)
        digits = String(repeating: "0", count: (3 - digits.count % 3) % 3) + digits
        var groups: [String] = []
        while !digits.isEmpty {
            groups.append(String(digits.prefix(3)))
            digits.removeFirst(3)
        }
        let place = (groups.dropLast().map { "x" + $0 } + [groups[groups.count - 1]]).joined(separator: "/")
        let kind = switch kind {
        case .hashes(let level): String(level)
        case .entries: "entries"
        }
        return "tile/\(kind)/\(place)" + (width < Self.fullWidth ? ".p/\(width)" : "")
    }

    /// The tile of a path under the log's prefix, or `nil` if it is not written exactly as ``path`` writes it.
    public init?(path: some StringProtocol) {
        guard path.utf8.count <= 100 else { return nil }
        var parts = String(path).split(separator: "/" as Character, omittingEmptySubsequences: false).map { String($0) }
        guard parts.count >= 3, parts.removeFirst() == "tile" else { return nil }
        let name = parts.removeFirst()
        guard let kind: Kind = name == "entries" ? .entries : Int(name).map({ .hashes(level: $0) }) else { return nil }
        var width = Self.fullWidth
        if parts.count >= 2, parts[parts.count - 2].hasSuffix(".p"), let partial = Int(parts[parts.count - 1]) {
            guard partial < Self.fullWidth else { return nil }
            width = partial
            parts.removeLast()
            parts[parts.count - 1].removeLast(2)
        }
        let digits = parts.map { $0.hasPrefix("x") ? String($0.dropFirst()) : $0 }.joined()
        guard digits.utf8.count <= 18, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let index = UInt64(digits)
        else { return nil }
        self.init(kind, index: index, width: width)
        guard self.path == path else { return nil }
    }

    /// All tiles of a tree of `size` leaves, the entries' first: as wide as they are, the last of each level partial.
    public static func all(size: UInt64) -> [Tile] {
        let kinds = [Kind.entries] + (0...7).map { Kind.hashes(level: $0) }
        return kinds.flatMap { kind in
            (0...(size / UInt64(fullWidth))).compactMap { index in
                let width = width(kind, index: index, size: size)
                return width > 0 ? Tile(kind, index: index, width: width) : nil
            }
        }
    }

    /// How many hashes or entries the tile at an index has in a tree of `size` leaves; 0 if it has none.
    public static func width(_ kind: Kind, index: UInt64, size: UInt64) -> Int {
        var count = size
        if case .hashes(let level) = kind { count = level < 8 ? size >> UInt64(8 * level) : 0 }
        let (start, overflow) = index.multipliedReportingOverflow(by: UInt64(fullWidth))
        guard !overflow, start < count else { return 0 }
        return Int(min(count - start, UInt64(fullWidth)))
    }
}
