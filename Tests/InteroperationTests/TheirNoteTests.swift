import KeySchedule
import KeyTransparency
import LibSodium
import PrivacyPass
import Testing

/// The Python package `cryptography` on signed notes, checkpoints and cosignatures.
@Suite(.enabled(if: PythonPeer.isExpected, "no .venv: run Scripts/setup --tests"))
final class TheirNoteTests: Sendable {
    let peer: PythonPeer
    let log: NoteSigner
    let witness: NoteSigner
    let checkpoint: Checkpoint

    init() throws {
        peer = try PythonPeer()
        let name = try #require(NoteKeyName("issuer.example/log"))
        log = NoteSigner(name: name, key: Ed25519.PrivateKey())
        witness = NoteSigner(name: try #require(NoteKeyName("witness.example")), key: Ed25519.PrivateKey())
        checkpoint = Checkpoint(origin: name, head: TreeHead(size: 7, root: Randomness.bytes32()))
    }

    @Test func theyVerifyOurCheckpointAndItsCosignature() async throws {
        var note = checkpoint.signed(by: log)
        note.add(witness.cosignature(for: checkpoint, at: UnixTime(seconds: 1_800_000_000)))
        let ours = try await peer.ask("verify_note", [key(log.verificationKey(.ed25519)), note.encoded])
        #expect(ours == [Array(checkpoint.text.utf8)])
        let cosigned = try await peer.ask("verify_note", [key(witness.verificationKey(.cosignature)), note.encoded])
        #expect(cosigned == [Array(checkpoint.text.utf8), Array("1800000000".utf8)])
    }

    @Test func theyRefuseOurCheckpointWithAnyByteChanged() async throws {
        let note = checkpoint.signed(by: log).encoded
        // The last character before the padding holds bits that belong to no byte; their decoder passes over them.
        for index in note.indices where index != note.count - 3 {
            var changed = note
            changed[index] ^= 1
            let reason = try await peer.refusal(of: "verify_note", [key(log.verificationKey(.ed25519)), changed])
            #expect(reason != nil, "byte \(index)")
        }
    }

    @Test func weVerifyWhatTheySignedAndCosigned() async throws {
        let name = Array("their.example/log".utf8)
        let text = Array("their.example/log\n7\n\(checkpoint.text.split(separator: "\n")[2])\n".utf8)
        let signed = try await peer.ask("sign_note", [name, text])
        let time = Array("1800000000".utf8)
        let cosigned = try await peer.ask("cosign_note", [Array("their.witness".utf8), time, signed[1]])
        let key = try #require(NoteVerificationKey(verifierKey: String(decoding: signed[0], as: UTF8.self)))
        let witness = try #require(NoteVerificationKey(verifierKey: String(decoding: cosigned[0], as: UTF8.self)))
        let policy = try #require(WitnessPolicy(witnesses: [witness], threshold: 1))
        let trust = try #require(KeyLogTrust(log: key, witnesses: policy))
        let note = try SignedNote(decoding: cosigned[1])
        let found = try trust.checkpoint(in: note, at: UnixTime(seconds: 1_800_000_001))
        #expect(found.head == checkpoint.head && found.origin.text == "their.example/log")
    }

    @Test(arguments: [0, 1, 2, 3, 7, 8, 100])
    func theyComputeTheSameRoots(count: Int) async throws {
        let leaves = (0..<count).map { _ in Randomness.bytes(Int.random(in: 0...50)) }
        var frontier = TreeFrontier()
        for leaf in leaves { frontier.append(MerkleHash.leaf(leaf)) { _, _, _ in } }
        #expect(try await peer.one("merkle_root", leaves) == frontier.head.root.bytes)
    }

    private func key(_ key: NoteVerificationKey) -> [UInt8] { Array(key.verifierKey.utf8) }
}
