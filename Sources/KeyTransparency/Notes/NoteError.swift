/// Why bytes are not the note that was expected.
public enum NoteError: Error, Sendable, Hashable {
    /// The bytes are not a signed note, or not one of this kind.
    case malformed
    /// The note is longer, or has more signatures, than this reader accepts.
    case tooLarge
    /// No known key signed the note.
    case unknownSigner
    /// A known key's signature does not hold.
    case invalidSignature
    /// The note is about another log.
    case wrongOrigin
}
