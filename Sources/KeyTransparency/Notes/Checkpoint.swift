public import LibSodium
internal import PrivacyPass

/// What a log says about itself at one size: its origin, the number of leaves and the root over them
/// (C2SP tlog-checkpoint).
public struct Checkpoint: Sendable, Hashable {
    /// Which log it is.
    public let origin: NoteKeyName
    /// The tree's size and root.
    public let head: TreeHead
    /// Lines that some logs add and no monitor can check; ours adds none.
    public let extensionLines: [String]

    /// A checkpoint from its parts, without extension lines.
    public init(origin: NoteKeyName, head: TreeHead) {
        self.origin = origin
        self.head = head
        extensionLines = []
    }

    /// The text that is signed: origin, size and base64 root, a line each, and the extension lines.
    public var text: String {
        "\(origin.text)\n\(head.size)\n\(Base64.encode(head.root.bytes))\n" + extensionLines.map { $0 + "\n" }.joined()
    }

    /// Decodes a checkpoint's text.
    init(text: String) throws(NoteError) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        guard lines.count >= 3, lines.allSatisfy({ !$0.isEmpty }), let origin = NoteKeyName(lines[0]),
            let size = UInt64(decimal: lines[1]), let bytes = Base64.decode(lines[2]), let root = Bytes32(bytes),
            size <= TreeHead.maximumSize, size > 0 || root == MerkleHash.emptyRoot
        else { throw .malformed }
        self.origin = origin
        head = TreeHead(size: size, root: root)
        extensionLines = lines[3...].map(String.init)
    }

    /// The checkpoint in a note that the log signed with `key`, whose name is the origin.
    ///
    /// Throws ``NoteError``: `.wrongOrigin` if it is about another log.
    public init(verifying note: SignedNote, key: NoteVerificationKey) throws(NoteError) {
        try self.init(verifying: note, keys: [key])
    }

    /// The checkpoint in a note that the log signed with at least one of its keys, whose name is the origin.
    ///
    /// Throws ``NoteError``: `.wrongOrigin` if it is about another log.
    public init(verifying note: SignedNote, keys: [NoteVerificationKey]) throws(NoteError) {
        let (text, signers) = try note.text(signedBy: keys)
        try self.init(text: text)
        guard signers.allSatisfy({ $0.name == origin }) else { throw .wrongOrigin }
    }

    /// The checkpoint as a note signed by the log.
    public func signed(by log: borrowing NoteSigner) -> SignedNote { note(with: log.signature(for: text)) }
}

extension Checkpoint {
    /// The checkpoint as a note signed with the key of the log, whose name is the origin.
    public func signed(with key: borrowing Ed25519.PrivateKey) -> SignedNote {
        let name = NoteVerificationKey(name: origin, type: .ed25519, publicKey: key.publicKey)
        let signature = key.signature(for: Array(text.utf8)).bytes
        return note(with: NoteSignature(name: origin, keyID: name.id, signature: signature))
    }

    private func note(with signature: NoteSignature) -> SignedNote {
        // Made of a checked name, digits and base64: always a note's text.
        guard var note = SignedNote(unsigned: text) else { preconditionFailure("a checkpoint is text") }
        note.add(signature)
        return note
    }
}

extension UInt64 {
    /// The number in decimal digits without leading zeros, or `nil`.
    package init?(decimal text: some StringProtocol) {
        guard let value = UInt64(text), String(value) == text else { return nil }
        self = value
    }
}
