@testable import KeyTransparency
import LibSodium
import PrivacyPass
import Testing

/// A tree of all its leaves' hashes, with the definitions of RFC 6962 written down as they stand there.
struct PlainTree: TreeHashes {
    let leaves: [Bytes32]

    init(_ count: Int, salt: UInt8 = 0) {
        leaves = (0..<count).map { MerkleHash.leaf([salt, UInt8($0 & 0xff), UInt8($0 >> 8)]) }
    }

    func hash(level: Int, index: UInt64) throws(Never) -> Bytes32 {
        let start = Int(index) << level
        return Self.root(leaves[start..<start + (1 << level)])
    }

    static func root(_ leaves: ArraySlice<Bytes32>) -> Bytes32 {
        guard leaves.count > 1 else { return leaves.first ?? MerkleHash.emptyRoot }
        var split = 1
        while split * 2 < leaves.count { split *= 2 }
        let middle = leaves.startIndex + split
        return MerkleHash.node(root(leaves[..<middle]), root(leaves[middle...]))
    }
}

struct MerkleTreeTests {
    @Test func rootsAreThoseOfTheKnownTree() throws {
        // The leaves and roots that the reference implementations of RFC 6962 are tested with.
        let entries = [
            "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
        ]
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ]
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        #expect(Hexadecimal.encode(MerkleHash.emptyRoot.bytes) == empty)
        var frontier = TreeFrontier()
        for (entry, root) in zip(entries, roots) {
            frontier.append(MerkleHash.leaf(try #require(Hexadecimal.decode(entry)))) { _, _, _ in }
            #expect(Hexadecimal.encode(frontier.head.root.bytes) == root)
        }
    }

    @Test func everyProofOfEveryTreeUpTo70LeavesHolds() throws {
        let tree = PlainTree(70)
        for size in 0...70 {
            let head = tree.head(size: UInt64(size))
            #expect(head.root == PlainTree.root(tree.leaves[..<size]))
            for index in 0..<size {
                let proof = try #require(tree.inclusionProof(of: UInt64(index), size: UInt64(size)))
                #expect(head.includes(tree.leaves[index], at: UInt64(index), proof: proof))
                #expect(!head.includes(tree.leaves[(index + 1) % 70], at: UInt64(index), proof: proof))
                #expect(size == 1 || !head.includes(tree.leaves[index], at: UInt64((index + 1) % size), proof: proof))
                #expect(!head.includes(tree.leaves[index], at: UInt64(index), proof: proof + [head.root]))
                let short = Array(proof.dropLast())
                #expect(proof.isEmpty || !head.includes(tree.leaves[index], at: UInt64(index), proof: short))
            }
            for old in 0...size {
                let proof = try #require(tree.consistencyProof(from: UInt64(old), to: UInt64(size)))
                let oldHead = tree.head(size: UInt64(old))
                #expect(head.extends(oldHead, proof: proof))
                #expect(!head.extends(oldHead, proof: proof + [head.root]))
                if !proof.isEmpty { #expect(!head.extends(oldHead, proof: proof.dropLast())) }
                for position in proof.indices {
                    var changed = proof
                    changed[position] = MerkleHash.leaf([9])
                    #expect(!head.extends(oldHead, proof: changed))
                }
            }
        }
        #expect(tree.inclusionProof(of: 7, size: 7) == nil && tree.consistencyProof(from: 8, to: 7) == nil)
    }

    @Test func aForkIsNeverAnExtension() throws {
        let (tree, fork) = (PlainTree(40), PlainTree(40, salt: 1))
        for old in 1...40 {
            for size in old...40 {
                let proof = try #require(fork.consistencyProof(from: UInt64(old), to: UInt64(size)))
                #expect(!fork.head(size: UInt64(size)).extends(tree.head(size: UInt64(old)), proof: proof))
            }
        }
    }

    @Test func aFrontierKnowsTheRootWhereverItIsTakenUp() throws {
        let tree = PlainTree(300)
        for start in [0, 1, 5, 128, 255, 256, 299] {
            var frontier = TreeFrontier(size: UInt64(start), hashes: tree)
            for leaf in tree.leaves[start...] { frontier.append(leaf) { _, _, _ in } }
            #expect(frontier.head == tree.head(size: 300))
        }
    }

    @Test func tilesAnswerForEverySubtreeOfTheirTree() throws {
        for size in [1, 2, 255, 256, 257, 700] {
            let tree = PlainTree(size)
            var tiles = TileSet()
            for level in 0..<3 {
                var index: UInt64 = 0
                while case let width = Tile.width(.hashes(level: level), index: index, size: UInt64(size)), width > 0 {
                    let tile = try #require(Tile(.hashes(level: level), index: index, width: width))
                    let hashes = (0..<width).map { tree.hash(level: level * 8, index: index * 256 + UInt64($0)) }
                    try tiles.insert(hashes.flatMap(\.bytes), for: tile)
                    index += 1
                }
            }
            #expect(try tiles.head(size: UInt64(size)) == tree.head(size: UInt64(size)))
            let proof = try tiles.inclusionProof(of: 0, size: UInt64(size))
            #expect(proof == tree.inclusionProof(of: 0, size: UInt64(size)))
        }
        #expect(throws: TileSet.MissingTile(level: 0, index: 0)) { try TileSet().hash(level: 0, index: 0) }
    }
}
