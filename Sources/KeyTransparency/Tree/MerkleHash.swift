public import LibSodium

/// The hashes of a Merkle tree (RFC 6962, section 2.1): SHA-256 with a prefix that keeps leaves and nodes apart.
public enum MerkleHash {
    /// The root of a tree without leaves: SHA-256 of nothing.
    public static let emptyRoot = SHA256.hash([])

    /// The hash of a leaf's bytes.
    public static func leaf(_ entry: [UInt8]) -> Bytes32 { SHA256.hash([0x00] + entry) }

    /// The hash of a node over its two children.
    public static func node(_ left: Bytes32, _ right: Bytes32) -> Bytes32 {
        SHA256.hash([0x01] + left.bytes + right.bytes)
    }
}
