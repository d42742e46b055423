public import LibSodium

/// The right edge of a growing tree: enough to append leaves and to know the root, whatever the tree's size.
public struct TreeFrontier: Sendable, Hashable {
    /// The number of leaves.
    public private(set) var size: UInt64
    // The complete subtrees of the tree, the largest first.
    private(set) var edge: [Bytes32]

    /// The edge of the empty tree.
    public init() { (size, edge) = (0, []) }

    init(size: UInt64, edge: [Bytes32]) { (self.size, self.edge) = (size, edge) }

    /// The edge of a tree of `size` leaves whose hashes are at hand.
    public init<Hashes: TreeHashes>(size: UInt64, hashes: Hashes) throws(Hashes.Failure) {
        self.size = size
        edge = []
        for subtree in (0..<size).subtrees { edge.append(try hashes.hash(subtree)) }
    }

    /// Appends a leaf's hash; `completed` learns the hash of each subtree that this completes, the leaf's first.
    public mutating func append(_ leaf: Bytes32, completed: (_ level: Int, _ index: UInt64, _ hash: Bytes32) -> Void) {
        var (hash, level) = (leaf, 0)
        completed(0, size, leaf)
        while size >> UInt64(level) & 1 == 1, let left = edge.popLast() {
            hash = MerkleHash.node(left, hash)
            level += 1
            completed(level, size >> UInt64(level), hash)
        }
        edge.append(hash)
        size += 1
    }

    /// The root over all leaves.
    public var head: TreeHead {
        var folded: Bytes32?
        for hash in edge.reversed() { folded = folded.map { MerkleHash.node(hash, $0) } ?? hash }
        return TreeHead(size: size, root: folded ?? MerkleHash.emptyRoot)
    }
}
