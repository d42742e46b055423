public import LibSodium

/// The hashes of a tree's complete subtrees, wherever they are kept.
public protocol TreeHashes {
    /// Why a hash could not be had.
    associatedtype Failure: Error
    /// The hash of the subtree of 2^`level` leaves from `index` · 2^`level` on, all of which the tree has.
    func hash(level: Int, index: UInt64) throws(Failure) -> Bytes32
}

extension TreeHashes {
    func hash(_ subtree: Subtree) throws(Failure) -> Bytes32 { try hash(level: subtree.level, index: subtree.index) }

    /// The hash over leaves that form a subtree of some tree (RFC 6962, section 2.1).
    func hash(of range: Range<UInt64>) throws(Failure) -> Bytes32 {
        var folded: Bytes32?
        for subtree in range.subtrees.reversed() {
            let hash = try hash(subtree)
            folded = folded.map { MerkleHash.node(hash, $0) } ?? hash
        }
        return folded ?? MerkleHash.emptyRoot
    }

    /// The head of the tree of the first `size` leaves.
    public func head(size: UInt64) throws(Failure) -> TreeHead { TreeHead(size: size, root: try hash(of: 0..<size)) }

    /// The audit path of leaf `index` in the tree of the first `size` leaves (RFC 6962, section 2.1.1); `nil` unless
    /// the tree has that leaf.
    public func inclusionProof(of index: UInt64, size: UInt64) throws(Failure) -> [Bytes32]? {
        guard index < size else { return nil }
        var path: [Bytes32] = []
        var range = 0..<size
        while range.count > 1 {
            let split = range.split
            if index < split {
                path.append(try hash(of: split..<range.upperBound))
                range = range.lowerBound..<split
            } else {
                path.append(try hash(of: range.lowerBound..<split))
                range = split..<range.upperBound
            }
        }
        return path.reversed()
    }

    /// The proof that the tree of `size` leaves begins with the tree of `old` leaves (RFC 6962, section 2.1.2); empty
    /// for equal sizes and for an `old` of 0, `nil` if `old` is larger.
    public func consistencyProof(from old: UInt64, to size: UInt64) throws(Failure) -> [Bytes32]? {
        guard old <= size else { return nil }
        guard old > 0, old < size else { return [] }
        var proof: [Bytes32] = []
        var range = 0..<size
        // Whether the old tree is still a whole subtree of the new one's left edge.
        var isOldRoot = true
        while range.upperBound != old {
            let split = range.split
            if old <= split {
                proof.append(try hash(of: split..<range.upperBound))
                range = range.lowerBound..<split
            } else {
                proof.append(try hash(of: range.lowerBound..<split))
                range = split..<range.upperBound
                isOldRoot = false
            }
        }
        if !isOldRoot { proof.append(try hash(of: range)) }
        return proof.reversed()
    }
}
