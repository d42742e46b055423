import KeyTransparency
import LibSodium
import Testing

struct WitnessTests {
    let tree = PlainTree(20)

    private func request(
        _ signer: borrowing NoteSigner, old: Int, new: Int, tree other: PlainTree? = nil, proof: [Bytes32]? = nil
    ) throws -> AddCheckpointRequest {
        let tree = other ?? tree
        let honest = tree.consistencyProof(from: UInt64(min(old, new)), to: UInt64(new)) ?? []
        return AddCheckpointRequest(
            oldSize: UInt64(old), proof: proof ?? honest,
            checkpoint: Checkpoint(origin: signer.name, head: tree.head(size: UInt64(new))).signed(by: signer))
    }

    @Test func aRequestComesBackAsItsBytes() throws {
        let signer = try Signers.signer("log.example")
        for (old, new) in [(0, 5), (5, 5), (3, 20)] {
            let request = try request(signer, old: old, new: new)
            #expect(try AddCheckpointRequest(decoding: request.encoded) == request)
        }
    }

    @Test func theSpecificationsExampleIsRead() throws {
        let body = """
            old 20852014
            PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
            jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
            5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
            /6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

            example.com/behind-the-sofa
            20852163
            CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

            \u{2014} example.com/behind-the-sofa \
            Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
            \u{2014} example.com/behind-the-sofa \
            opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=

            """
        let request = try AddCheckpointRequest(decoding: Array(body.utf8))
        #expect(request.oldSize == 20_852_014 && request.proof.count == 4 && request.checkpoint.signatures.count == 2)
        #expect(request.encoded == Array(body.utf8))
    }

    @Test(arguments: [
        "", "old", "old 1", "old 01\n\n", "old -1\n\n", "new 1\n\n", "old 1\nAAAA\n\n", "old 1\n",
        "old 1\n\n", "old 1\n\ntext\n", "old 9999999999999999999\n\n", "old  1\n\n",
    ])
    func whatIsNoRequestIsMalformed(body: String) {
        #expect(throws: NoteError.malformed) { try AddCheckpointRequest(decoding: Array(body.utf8)) }
    }

    @Test func aProofOfMoreThan63HashesIsMalformed() throws {
        let signer = try Signers.signer("log.example")
        let hash = MerkleHash.leaf([1])
        let most = try request(signer, old: 1, new: 2, proof: Array(repeating: hash, count: 63))
        #expect(try AddCheckpointRequest(decoding: most.encoded) == most)
        let over = try request(signer, old: 1, new: 2, proof: Array(repeating: hash, count: 64))
        #expect(throws: NoteError.malformed) { try AddCheckpointRequest(decoding: over.encoded) }
    }

    @Test func whatExtendsTheLastCheckpointIsCosigned() throws {
        let signer = try Signers.signer("log.example")
        let key = signer.verificationKey(.ed25519)
        var last: TreeHead?
        for size in [0, 1, 7, 7, 20] {
            let request = try request(signer, old: Int(last?.size ?? 0), new: size)
            guard case .cosign(let checkpoint) = WitnessDecision(request, log: key, last: last) else {
                Issue.record("size \(size) was refused")
                return
            }
            last = checkpoint.head
        }
        #expect(last == tree.head(size: 20))
    }

    @Test func twoHistoriesAreNeverCosigned() throws {
        let signer = try Signers.signer("log.example")
        let key = signer.verificationKey(.ed25519)
        let fork = PlainTree(20, salt: 1)
        let last = tree.head(size: 7)
        func decide(_ request: AddCheckpointRequest) -> WitnessDecision {
            WitnessDecision(request, log: key, last: last)
        }
        #expect(decide(try request(signer, old: 7, new: 20, tree: fork)) == .inconsistent)
        #expect(decide(try request(signer, old: 7, new: 7, tree: fork)) == .conflict(size: 7))
        #expect(decide(try request(signer, old: 0, new: 20, tree: fork)) == .conflict(size: 7))
        #expect(decide(try request(signer, old: 5, new: 6)) == .conflict(size: 7))
        #expect(decide(try request(signer, old: 7, new: 6)) == .badRequest)
        #expect(decide(try request(signer, old: 7, new: 20, proof: [])) == .inconsistent)
        let first = try request(signer, old: 0, new: 5, proof: [MerkleHash.leaf([1])])
        #expect(WitnessDecision(first, log: key, last: nil) == .badRequest)
    }

    @Test func aCheckpointThatTheLogDidNotSignIsUntrusted() throws {
        let signer = try Signers.signer("log.example")
        let stranger = try Signers.signer("log.example")
        let request = try request(stranger, old: 0, new: 5)
        #expect(WitnessDecision(request, log: signer.verificationKey(.ed25519), last: nil) == .untrusted)
    }
}
