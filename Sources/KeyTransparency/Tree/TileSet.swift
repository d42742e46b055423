public import LibSodium

/// The tiles of a tree that are at hand: answers for every complete subtree under them.
public struct TileSet: TreeHashes, Sendable {
    /// A tile is not at hand.
    public struct MissingTile: Error, Sendable, Hashable {
        /// The tile's level, 0 to 7.
        public let level: Int
        /// Its place in the level.
        public let index: UInt64
    }

    private struct Place: Hashable {
        let level: Int
        let index: UInt64
    }

    private var tiles: [Place: [Bytes32]] = [:]

    /// No tiles.
    public init() {}

    /// Takes a tile's bytes in, in place of one that has fewer hashes; throws ``NoteError/malformed`` unless they are
    /// `tile.width` hashes.
    public mutating func insert(_ bytes: [UInt8], for tile: Tile) throws(NoteError) {
        guard case .hashes(let level) = tile.kind, bytes.count == tile.width * Bytes32.count else { throw .malformed }
        let hashes = stride(from: 0, to: bytes.count, by: Bytes32.count)
            .compactMap { Bytes32(bytes[$0..<$0 + Bytes32.count]) }
        let place = Place(level: level, index: tile.index)
        if tiles[place]?.count ?? 0 < hashes.count { tiles[place] = hashes }
    }

    /// The hash of a complete subtree, put together from the highest tiles that hold its parts.
    public func hash(level: Int, index: UInt64) throws(MissingTile) -> Bytes32 {
        let tileLevel = level / 8
        var hashes: [Bytes32] = []
        let width = 1 << UInt64(level % 8)
        let start = index << UInt64(level % 8)
        let place = Place(level: tileLevel, index: start / UInt64(Tile.fullWidth))
        let offset = Int(start % UInt64(Tile.fullWidth))
        guard let tile = tiles[place], offset + width <= tile.count else {
            throw MissingTile(level: tileLevel, index: place.index)
        }
        hashes = Array(tile[offset..<offset + width])
        while hashes.count > 1 {
            hashes = stride(from: 0, to: hashes.count, by: 2).map { MerkleHash.node(hashes[$0], hashes[$0 + 1]) }
        }
        return hashes[0]
    }
}
