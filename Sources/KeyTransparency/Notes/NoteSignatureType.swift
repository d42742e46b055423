internal import LibSodium

/// The kinds of signature on a note that this library makes and checks (C2SP signed-note, tlog-cosignature).
public enum NoteSignatureType: UInt8, Sendable, Hashable {
    /// Ed25519 over the note's text.
    case ed25519 = 0x01
    /// A witness's Ed25519 over a time and the text of a checkpoint.
    case cosignature = 0x04

    /// How many bytes a signature has after the key id.
    var signatureCount: Int {
        switch self {
        case .ed25519: Bytes64.count
        case .cosignature: 8 + Bytes64.count
        }
    }
}
