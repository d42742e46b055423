internal import LibSodium

extension TreeFrontier {
    /// The hashes of the complete subtrees, the largest first, 32 bytes each: with ``size`` all that there is to store.
    public var encodedEdge: [UInt8] { edge.flatMap(\.bytes) }

    /// The edge of a tree of `size` leaves that ``encodedEdge`` stored; `nil` unless the bytes are of that many
    /// subtrees.
    public init?(size: UInt64, encodedEdge bytes: [UInt8]) {
        guard size <= TreeHead.maximumSize, bytes.count == size.nonzeroBitCount * Bytes32.count else { return nil }
        self.init(
            size: size,
            edge: stride(from: 0, to: bytes.count, by: Bytes32.count)
                .compactMap { Bytes32(bytes[$0..<$0 + Bytes32.count]) })
    }
}
