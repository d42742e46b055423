import KeySchedule
import KeyTransparency
import LibSodium
import Testing

/// The examples of C2SP's specification and of the Go library that it describes.
enum NoteExamples {
    static let specificationKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    static let specificationNote = """
        This is an example message.

        \u{2014} example.com/foo \
        Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

        """
    static let goKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    static let goText = """
        If you think cryptography is the answer to your problem,
        then you don't know what your problem is.

        """
    static let goLine = "\u{2014} PeterNeumann "
        + "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    static let enochKey = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
    static let enochLine = "\u{2014} EnochRoot "
        + "rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ="
    static let goNoteOfTwo = goText + "\n" + goLine + "\n" + enochLine + "\n"
}

struct SignedNoteTests {
    @Test(arguments: [
        (NoteExamples.specificationNote, NoteExamples.specificationKey),
        (NoteExamples.goText + "\n" + NoteExamples.goLine + "\n", NoteExamples.goKey),
        (NoteExamples.goNoteOfTwo, NoteExamples.enochKey),
    ])
    func thePublishedExamplesHold(note: String, key: String) throws {
        let decoded = try SignedNote(decoding: Array(note.utf8))
        let key = try #require(NoteVerificationKey(verifierKey: key))
        let (text, signers) = try decoded.text(signedBy: [key])
        #expect(note.hasPrefix(text + "\n") && signers == [key])
        #expect(decoded.encoded == Array(note.utf8))
    }

    @Test func aKeyOfTwoLinesCountsEach() throws {
        let note = try SignedNote(
            decoding: Array(NoteExamples.goNoteOfTwo.utf8))
        let keys = [NoteExamples.goKey, NoteExamples.enochKey].compactMap { NoteVerificationKey(verifierKey: $0) }
        #expect(keys.count == 2)
        #expect(try note.text(signedBy: keys).signers == keys)
    }

    @Test func anySingleBitFlipOfASignedNoteIsRefused() throws {
        let key = try #require(NoteVerificationKey(verifierKey: NoteExamples.specificationKey))
        let bytes = Array(NoteExamples.specificationNote.utf8)
        for bit in 0..<bytes.count * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: NoteError.self, "bit \(bit)") {
                try SignedNote(decoding: changed).text(signedBy: [key])
            }
        }
    }

    @Test func anyTruncationIsRefused() throws {
        let bytes = Array(NoteExamples.specificationNote.utf8)
        for length in 0..<bytes.count {
            #expect(throws: NoteError.self, "\(length) bytes") { try SignedNote(decoding: Array(bytes.prefix(length))) }
        }
    }

    @Test(arguments: [
        "", "\n", "\n\n", "text\n", "text\n\n", "text\n\nno dash\n", "text\n\n\u{2014} name\n",
        "text\n\n\u{2014} name AAAA\n",
        "text\n\n\u{2014}  AAAAAAA=\n", "text\n\n\u{2014} na me AAAAAAA=\n", "text\n\n\u{2014} na+me AAAAAAA=\n",
        "te\u{07}xt\n\n\u{2014} name AAAAAAA=\n", "text\n\n\u{2014} name AAAAAAA\n", "text\n\n\u{2014} name AAAAAAA=",
        "text\n\n\u{2014} name AAAAA-A=\n", "\n\u{2014} name AAAAAAA=\n",
    ])
    func whatIsNoNoteIsMalformed(text: String) {
        #expect(throws: NoteError.malformed) { try SignedNote(decoding: Array(text.utf8)) }
    }

    @Test func aNoteOfTooManySignaturesOrBytesIsRefused() {
        let line = "\u{2014} name AAAAAAA=\n"
        func note(_ count: Int) -> [UInt8] { Array(("text\n\n" + String(repeating: line, count: count)).utf8) }
        #expect(throws: Never.self) { try SignedNote(decoding: note(SignedNote.maximumSignatures)) }
        #expect(throws: NoteError.tooLarge) { try SignedNote(decoding: note(SignedNote.maximumSignatures + 1)) }
        #expect(throws: NoteError.tooLarge) {
            try SignedNote(decoding: [UInt8](repeating: 0x61, count: SignedNote.maximumCount + 1))
        }
    }

    @Test func signaturesOfUnknownKeysAreIgnoredButNotEnough() throws {
        let signer = try Signers.signer("log.example")
        var note = try #require(SignedNote(unsigned: "text\n"))
        note.add(signer.signature(for: "text\n"))
        let stranger = try Signers.signer("stranger.example").verificationKey(.ed25519)
        #expect(throws: NoteError.unknownSigner) { try note.text(signedBy: [stranger]) }
        #expect(try note.text(signedBy: [stranger, signer.verificationKey(.ed25519)]).text == "text\n")
        // The same name with another key is unknown too.
        let impostor = try Signers.signer("log.example").verificationKey(.ed25519)
        #expect(throws: NoteError.unknownSigner) { try note.text(signedBy: [impostor]) }
    }

    @Test func aKnownKeyThatFailsRejectsTheNote() throws {
        let first = try Signers.signer("a.example")
        let second = try Signers.signer("b.example")
        var note = try #require(SignedNote(unsigned: "text\n"))
        note.add(first.signature(for: "text\n"))
        note.add(second.signature(for: "another text\n"))
        #expect(throws: NoteError.invalidSignature) {
            try note.text(signedBy: [first.verificationKey(.ed25519), second.verificationKey(.ed25519)])
        }
    }

    @Test(arguments: [
        "", "a", "a+b", "a+00000000+AA==", "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW ",
    ])
    func whatIsNoVerifierKeyIsRefused(text: String) {
        #expect(NoteVerificationKey(verifierKey: text) == nil)
    }

    @Test func twoSpellingsThatUnicodeTakesForOneAreTwoNames() throws {
        let (composed, decomposed) = try (Signers.name("caf\u{E9}.example/log"), Signers.name("cafe\u{301}.example/log"))
        #expect(composed.text == decomposed.text)
        #expect(composed != decomposed && Set([composed, decomposed]).count == 2)
    }

    @Test func aVerifierKeyComesBackAsItWasWritten() throws {
        for type in [NoteSignatureType.ed25519, .cosignature] {
            let key = try Signers.signer("log.example/keys").verificationKey(type)
            #expect(NoteVerificationKey(verifierKey: key.verifierKey) == key)
        }
        #expect(NoteVerificationKey(verifierKey: NoteExamples.goKey)?.verifierKey == NoteExamples.goKey)
    }
}

enum Signers {
    static func name(_ text: String) throws -> NoteKeyName { try #require(NoteKeyName(text)) }

    static func signer(_ name: String) throws -> NoteSigner {
        NoteSigner(name: try self.name(name), key: Ed25519.PrivateKey())
    }
}
