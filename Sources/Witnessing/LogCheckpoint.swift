package import KeyTransparency

/// A checkpoint with the note that its log signed: what witnesses are asked to cosign.
package struct LogCheckpoint: Sendable, Hashable {
    /// The note, with whatever signatures it has.
    package let note: SignedNote
    /// What the note says.
    package let checkpoint: Checkpoint

    /// Checks that the log with this key signed the note; throws ``NoteError``.
    package init(verifying note: SignedNote, key: NoteVerificationKey) throws(NoteError) {
        checkpoint = try Checkpoint(verifying: note, key: key)
        self.note = note
    }
}
