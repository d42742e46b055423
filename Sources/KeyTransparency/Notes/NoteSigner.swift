public import KeySchedule
public import LibSodium

/// Signs notes under a name with an Ed25519 key.
public struct NoteSigner: ~Copyable, Sendable {
    /// The name under which it signs.
    public let name: NoteKeyName
    private let key: Ed25519.PrivateKey

    /// A signer of this name; takes the key over.
    public init(name: NoteKeyName, key: consuming Ed25519.PrivateKey) {
        self.name = name
        self.key = key
    }

    /// What others need to check its signatures of a kind.
    public func verificationKey(_ type: NoteSignatureType) -> NoteVerificationKey {
        NoteVerificationKey(name: name, type: type, publicKey: key.publicKey)
    }

    /// A signature over a note's text (type 0x01).
    public borrowing func signature(for text: String) -> NoteSignature {
        NoteSignature(
            name: name, keyID: verificationKey(.ed25519).id,
            signature: key.signature(for: Array(text.utf8)).bytes)
    }

    /// A witness's cosignature over a checkpoint (type 0x04); times before 1970 count as 1970.
    public borrowing func cosignature(for checkpoint: Checkpoint, at time: UnixTime) -> NoteSignature {
        let seconds = max(0, time.seconds)
        let big = (0..<8).map { UInt8(truncatingIfNeeded: seconds >> (56 - 8 * Int64($0))) }
        let signature = key.signature(for: NoteVerificationKey.cosigned(checkpoint.text, at: seconds))
        return NoteSignature(name: name, keyID: verificationKey(.cosignature).id, signature: big + signature.bytes)
    }
}
