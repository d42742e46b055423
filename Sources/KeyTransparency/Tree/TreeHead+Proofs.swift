public import LibSodium

extension TreeHead {
    /// Whether a proof shows that this tree has `leaf`, a leaf's hash, at `index` (RFC 9162, section 2.1.3.2, whose
    /// proofs are those of RFC 6962).
    public func includes(_ leaf: Bytes32, at index: UInt64, proof: [Bytes32]) -> Bool {
        guard index < size, proof.count <= 64 else { return false }
        var (node, last, hash) = (index, size - 1, leaf)
        for sibling in proof {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                hash = MerkleHash.node(sibling, hash)
                while node & 1 == 0, node > 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                hash = MerkleHash.node(hash, sibling)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        return last == 0 && hash == root
    }

    /// Whether a proof shows that this tree begins with the whole of `old` (RFC 9162, section 2.1.4.2).
    ///
    /// An empty tree is the beginning of every tree; there, and for equal sizes, the proof must be empty.
    public func extends(_ old: TreeHead, proof: [Bytes32]) -> Bool {
        guard old.size <= size, proof.count <= 64 else { return false }
        if old.size == 0 { return proof.isEmpty && old.root == MerkleHash.emptyRoot }
        if old.size == size { return proof.isEmpty && old.root == root }
        var rest = proof[...]
        // An old tree that is a whole subtree of this one is its own first hash.
        if old.size & (old.size - 1) == 0 { rest = [old.root] + rest }
        guard let seed = rest.popFirst() else { return false }
        var (node, last) = (old.size - 1, size - 1)
        while node & 1 == 1 { (node, last) = (node >> 1, last >> 1) }
        var (oldRoot, newRoot) = (seed, seed)
        for sibling in rest {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                oldRoot = MerkleHash.node(sibling, oldRoot)
                newRoot = MerkleHash.node(sibling, newRoot)
                while node & 1 == 0, node > 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                newRoot = MerkleHash.node(newRoot, sibling)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        return last == 0 && oldRoot == old.root && newRoot == root
    }
}
