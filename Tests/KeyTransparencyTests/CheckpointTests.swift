import KeySchedule
import KeyTransparency
import LibSodium
import Testing

struct CheckpointTests {
    let head = TreeHead(size: 7, root: MerkleHash.leaf([1]))
    let now = UnixTime(seconds: 1_800_000_000)

    @Test func theSpecificationsExampleIsReadAndWrittenBack() throws {
        let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        let signer = try Signers.signer("example.com/behind-the-sofa")
        var note = try #require(SignedNote(unsigned: text))
        note.add(signer.signature(for: text))
        let checkpoint = try Checkpoint(verifying: note, key: signer.verificationKey(.ed25519))
        #expect(checkpoint.origin.text == "example.com/behind-the-sofa" && checkpoint.head.size == 20_852_163)
        #expect(checkpoint.text == text)
    }

    @Test func aSignedCheckpointIsVerifiedToItself() throws {
        let log = try Signers.signer("log.example")
        let checkpoint = Checkpoint(origin: log.name, head: head)
        let note = checkpoint.signed(by: log)
        let again = try SignedNote(decoding: note.encoded)
        #expect(try Checkpoint(verifying: again, key: log.verificationKey(.ed25519)) == checkpoint)
    }

    @Test func aCheckpointOfAnotherOriginIsRefused() throws {
        let log = try Signers.signer("log.example")
        let note = Checkpoint(origin: try Signers.name("other.example"), head: head).signed(by: log)
        #expect(throws: NoteError.wrongOrigin) { try Checkpoint(verifying: note, key: log.verificationKey(.ed25519)) }
    }

    @Test(arguments: [
        "log.example\n07\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "log.example\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "log.example\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n", "log.example\n1\nCsUY\n", "log.example\n1\n",
        "log.example\n+1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "log.example\n18446744073709551615\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "log.example\n0\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", "log example\n1\nCsUYapGGPo4=\n",
    ])
    func whatIsNoCheckpointIsMalformed(text: String) throws {
        let log = try Signers.signer("log.example")
        var note = try #require(SignedNote(unsigned: text))
        note.add(log.signature(for: text))
        #expect(throws: NoteError.malformed) { try Checkpoint(verifying: note, key: log.verificationKey(.ed25519)) }
    }

    @Test func extensionLinesAreSignedAndKept() throws {
        let log = try Signers.signer("log.example")
        let text = Checkpoint(origin: log.name, head: head).text + "more\n"
        var note = try #require(SignedNote(unsigned: text))
        note.add(log.signature(for: text))
        let checkpoint = try Checkpoint(verifying: note, key: log.verificationKey(.ed25519))
        #expect(checkpoint.extensionLines == ["more"] && checkpoint.text == text)
    }

    @Test func aPolicyCountsRecentCosignaturesOfKnownWitnessesOnce() throws {
        let log = try Signers.signer("log.example")
        let first = try Signers.signer("w1.example")
        let second = try Signers.signer("w2.example")
        let stranger = try Signers.signer("w3.example")
        let checkpoint = Checkpoint(origin: log.name, head: head)
        let policy = try #require(
            WitnessPolicy(
                witnesses: [first.verificationKey(.cosignature), second.verificationKey(.cosignature)], threshold: 2))
        var note = checkpoint.signed(by: log)
        #expect(try !policy.isMet(by: note, at: now))
        note.add(first.cosignature(for: checkpoint, at: now))
        note.add(first.cosignature(for: checkpoint, at: now.adding(seconds: -1)))
        note.add(stranger.cosignature(for: checkpoint, at: now))
        #expect(try !policy.isMet(by: note, at: now))
        note.add(second.cosignature(for: checkpoint, at: now))
        #expect(try policy.isMet(by: note, at: now))
        #expect(try policy.isMet(by: SignedNote(decoding: note.encoded), at: now.adding(seconds: 86_399)))
        #expect(try !policy.isMet(by: note, at: now.adding(seconds: 86_401)))
        #expect(try !policy.isMet(by: note, at: now.adding(seconds: -301)))
    }

    @Test func aKnownWitnessesCosignatureOverAnotherCheckpointRejectsTheNote() throws {
        let log = try Signers.signer("log.example")
        let witness = try Signers.signer("w.example")
        let checkpoint = Checkpoint(origin: log.name, head: head)
        let other = Checkpoint(origin: log.name, head: TreeHead(size: 8, root: head.root))
        let policy = try #require(WitnessPolicy(witnesses: [witness.verificationKey(.cosignature)], threshold: 0))
        var note = checkpoint.signed(by: log)
        note.add(witness.cosignature(for: other, at: now))
        #expect(throws: NoteError.invalidSignature) { try policy.isMet(by: note, at: now) }
    }

    @Test func aPolicyThatCannotBeMetIsNone() throws {
        let witness = try Signers.signer("w.example").verificationKey(.cosignature)
        #expect(WitnessPolicy(witnesses: [witness], threshold: 2) == nil)
        #expect(WitnessPolicy(witnesses: [witness, witness], threshold: 1) == nil)
        #expect(WitnessPolicy(witnesses: [witness], threshold: -1) == nil)
        let log = try Signers.signer("w.example").verificationKey(.ed25519)
        #expect(WitnessPolicy(witnesses: [log], threshold: 1) == nil)
    }
}
