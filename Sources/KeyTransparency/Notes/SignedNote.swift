/// Text with signature lines, decoded but not checked (C2SP signed-note).
///
/// The text means nothing until ``text(signedBy:)`` or a checkpoint's initializer has found a known signer.
public struct SignedNote: Sendable, Hashable {
    /// The longest note that is read, in bytes.
    public static let maximumCount = 64 * 1024
    /// The most signature lines that are read; C2SP asks for at least 16.
    public static let maximumSignatures = 100

    /// The text with its last newline; not to be used before it is verified.
    public let unverifiedText: String
    /// The signatures, in the order of their lines.
    public private(set) var signatures: [NoteSignature]

    /// A note without signatures; `nil` unless the text ends with a newline and has no control character.
    public init?(unsigned text: String) {
        guard text.hasSuffix("\n"), Self.hasOnlyText(text) else { return nil }
        unverifiedText = text
        signatures = []
    }

    /// Decodes a note with at least one signature line.
    public init(decoding bytes: [UInt8]) throws(NoteError) {
        guard bytes.count <= Self.maximumCount else { throw .tooLarge }
        guard let note = String(validating: bytes, as: UTF8.self), Self.hasOnlyText(note), note.hasSuffix("\n") else {
            throw .malformed
        }
        let lines = note.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        guard let blank = lines.lastIndex(where: \.isEmpty), blank > 0 else { throw .malformed }
        let signatureLines = lines[(blank + 1)...]
        guard !signatureLines.isEmpty else { throw .malformed }
        guard signatureLines.count <= Self.maximumSignatures else { throw .tooLarge }
        signatures = []
        for line in signatureLines {
            guard let signature = NoteSignature(line: line) else { throw .malformed }
            signatures.append(signature)
        }
        unverifiedText = lines[..<blank].joined(separator: "\n") + "\n"
    }

    /// The note as it is exchanged: text, blank line, signature lines.
    public var encoded: [UInt8] {
        Array((unverifiedText + "\n" + signatures.map { $0.line + "\n" }.joined()).utf8)
    }

    /// Adds a signature line, unless the same one is there.
    public mutating func add(_ signature: NoteSignature) {
        if !signatures.contains(signature) { signatures.append(signature) }
    }

    /// The text, if at least one of these keys signed it, and the keys that did.
    ///
    /// Unknown signatures are passed over. Throws ``NoteError/invalidSignature`` if one that claims to be of a known
    /// key does not hold, ``NoteError/unknownSigner`` if there is none.
    public func text(
        signedBy keys: [NoteVerificationKey]
    ) throws(NoteError) -> (text: String, signers: [NoteVerificationKey]) {
        var signers: [NoteVerificationKey] = []
        for signature in signatures {
            guard let key = keys.first(where: { $0.type == .ed25519 && $0.made(signature) }) else { continue }
            guard key.isValidSignature(signature, for: unverifiedText) else { throw .invalidSignature }
            signers.append(key)
        }
        guard !signers.isEmpty else { throw .unknownSigner }
        return (unverifiedText, signers)
    }

    private static func hasOnlyText(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x0a }
    }
}
