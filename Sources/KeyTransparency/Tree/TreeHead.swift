public import LibSodium

/// A tree's number of leaves and the root over them (RFC 6962, section 2.1).
public struct TreeHead: Sendable, Hashable {
    /// The most leaves of a tree that this library reads about: 2^62, so that no sum of sizes overflows.
    public static let maximumSize: UInt64 = 1 << 62

    /// The number of leaves.
    public let size: UInt64
    /// The root, 32 bytes.
    public let root: Bytes32

    /// A head from its parts.
    public init(size: UInt64, root: Bytes32) {
        self.size = size
        self.root = root
    }

    /// The tree without leaves.
    public static let empty = TreeHead(size: 0, root: MerkleHash.emptyRoot)
}
