import KeyTransparency
import LibSodium
import PortesClient

/// The tiles of a log's hashes, held against its entries.
struct LogTiles {
    private let source: KeyLogSource
    private var served = TileSet()

    /// The tiles that a log serves, none of which was looked at yet.
    init(source: KeyLogSource) { self.source = source }

    /// What is wrong with the tiles of a log with these entries, of which the first `old` were there before: tiles that
    /// are not theirs, and proofs made of them that do not hold, from `old`, from `kept` and from some other sizes.
    ///
    /// Throws ``KeyLogRefusal`` if the log cannot be reached.
    mutating func check(
        _ entries: [[UInt8]], head: TreeHead, from old: UInt64, kept: UInt64
    ) async throws(KeyLogRefusal) -> [LogProblem] {
        var problems: [LogProblem] = []
        var hashes = entries.map { MerkleHash.leaf($0) }
        for level in 0..<8 where !hashes.isEmpty {
            let first = Int(old >> UInt64(8 * level)) / Tile.fullWidth
            for index in first..<max(first, (hashes.count + Tile.fullWidth - 1) / Tile.fullWidth) {
                let part = hashes.part(index)
                guard let tile = Tile(.hashes(level: level), index: UInt64(index), width: part.count) else { continue }
                if let problem = try await compare(tile, with: part) { problems.append(problem) }
            }
            hashes = (0..<hashes.count / Tile.fullWidth).map { hashes.part($0).root }
        }
        for size in Set([old, kept, head.size / 2, head.size &- 1]) where (1..<head.size).contains(size) {
            let proof = try? served.consistencyProof(from: size, to: head.size)
            let holds = proof.map { head.extends(entries.head(size), proof: $0) } ?? false
            if !holds { problems.append(.inconsistent(size: size)) }
        }
        return problems
    }

    private mutating func compare(_ tile: Tile, with hashes: [Bytes32]) async throws(KeyLogRefusal) -> LogProblem? {
        let bytes: [UInt8]
        do {
            bytes = try await source.hashes(tile)
        } catch {
            if case .unreachable = error { throw error }
            return .tile(path: tile.path)
        }
        try? served.insert(bytes, for: tile)
        return bytes == hashes.flatMap(\.bytes) ? nil : .tile(path: tile.path)
    }
}

extension [Bytes32] {
    /// The hashes of a tile.
    fileprivate func part(_ index: Int) -> [Bytes32] {
        Array(self[index * Tile.fullWidth..<Swift.min(count, (index + 1) * Tile.fullWidth)])
    }

    /// The hash over those of a full tile.
    fileprivate var root: Bytes32 {
        var frontier = TreeFrontier()
        for hash in self { frontier.append(hash) { _, _, _ in } }
        return frontier.head.root
    }
}
