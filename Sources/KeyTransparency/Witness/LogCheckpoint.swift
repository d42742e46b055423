/// A checkpoint with the note that its log signed: what a witness is asked to cosign.
///
/// Only made by checking the signature, so a value is the log's own word.
public struct LogCheckpoint: Sendable, Hashable {
    /// The note, with whatever signatures it has.
    public let note: SignedNote
    /// What the note says.
    public let checkpoint: Checkpoint

    /// Checks that one of these keys, which are of one log, signed the note, and that no line that claims to be of one
    /// of them is bad; throws ``NoteError``.
    public init(verifying note: SignedNote, keys: [NoteVerificationKey]) throws(NoteError) {
        checkpoint = try Checkpoint(verifying: note, keys: keys)
        self.note = note
    }
}
