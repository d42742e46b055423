package import KeySchedule
internal import LibSodium

extension NoteVerificationKey {
    /// Whether a signature claims to be of this key.
    package func made(_ signature: NoteSignature) -> Bool { signature.name == name && signature.keyID == id }

    /// Whether an Ed25519 signature holds over a note's text.
    func isValidSignature(_ signature: NoteSignature, for text: String) -> Bool {
        guard type == .ed25519, let bytes = Bytes64(signature.signature) else { return false }
        return publicKey.isValidSignature(bytes, for: Array(text.utf8))
    }

    /// The time of a cosignature that holds over a checkpoint's text, or `nil` (C2SP tlog-cosignature).
    package func cosignatureTime(_ signature: NoteSignature, for text: String) -> UnixTime? {
        guard type == .cosignature, signature.signature.count == type.signatureCount,
            let bytes = Bytes64(signature.signature.dropFirst(8))
        else { return nil }
        let seconds = signature.signature.prefix(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        guard seconds <= UInt64(Int64.max),
            publicKey.isValidSignature(bytes, for: Self.cosigned(text, at: Int64(seconds)))
        else { return nil }
        return UnixTime(seconds: Int64(seconds))
    }

    /// What a witness signs.
    static func cosigned(_ text: String, at seconds: Int64) -> [UInt8] {
        Array("cosignature/v1\ntime \(seconds)\n\(text)".utf8)
    }
}
