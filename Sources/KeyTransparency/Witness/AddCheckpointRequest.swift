public import LibSodium
internal import PrivacyPass

/// What a log asks a witness: to cosign a checkpoint that extends the one it cosigned last (C2SP tlog-witness).
public struct AddCheckpointRequest: Sendable, Hashable {
    /// The most hashes a proof may have.
    public static let maximumProofCount = 63

    /// The longest body, in bytes: the longest note, and the lines before it.
    public static let maximumCount = SignedNote.maximumCount + 4096

    /// The size of the checkpoint that the log believes the witness cosigned last; 0 for none.
    public let oldSize: UInt64
    /// The proof that the new checkpoint extends that one.
    public let proof: [Bytes32]
    /// The new checkpoint.
    public let checkpoint: SignedNote

    /// A request from its parts.
    public init(oldSize: UInt64, proof: [Bytes32], checkpoint: SignedNote) {
        self.oldSize = oldSize
        self.proof = proof
        self.checkpoint = checkpoint
    }

    /// Decodes a request's body; throws ``NoteError/malformed`` or ``NoteError/tooLarge``.
    public init(decoding bytes: [UInt8]) throws(NoteError) {
        guard bytes.count <= Self.maximumCount else { throw .tooLarge }
        var rest = bytes[...]
        func line() throws(NoteError) -> String {
            guard let end = rest.firstIndex(of: 0x0a), end - rest.startIndex <= 64,
                let line = String(validating: rest[..<end], as: UTF8.self)
            else { throw .malformed }
            rest = rest[(end + 1)...]
            return line
        }
        let first = try line()
        guard first.hasPrefix("old "), let size = UInt64(decimal: first.dropFirst(4)), size <= TreeHead.maximumSize
        else { throw .malformed }
        oldSize = size
        var proof: [Bytes32] = []
        while case let next = try line(), !next.isEmpty {
            guard proof.count < Self.maximumProofCount, let hash = Base64.decode(next).flatMap({ Bytes32($0) }) else {
                throw .malformed
            }
            proof.append(hash)
        }
        self.proof = proof
        checkpoint = try SignedNote(decoding: Array(rest))
    }

    /// The body of the request.
    public var encoded: [UInt8] {
        let lines = ["old \(oldSize)"] + proof.map { Base64.encode($0.bytes) } + ["", ""]
        return Array(lines.joined(separator: "\n").utf8) + checkpoint.encoded
    }
}
