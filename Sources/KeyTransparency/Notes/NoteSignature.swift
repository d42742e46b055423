internal import PrivacyPass

/// One signature line of a note: who claims to have signed, and the signature's bytes.
public struct NoteSignature: Sendable, Hashable {
    /// The claimed signer's name.
    public let name: NoteKeyName
    /// The claimed key's id, see ``NoteVerificationKey/id``.
    public let keyID: UInt32
    /// What follows the id.
    public let signature: [UInt8]

    /// A line from its parts.
    public init(name: NoteKeyName, keyID: UInt32, signature: [UInt8]) {
        self.name = name
        self.keyID = keyID
        self.signature = signature
    }

    /// The signature in a line, which does not include the newline; `nil` if it is not one.
    public init?(line: some StringProtocol) {
        guard line.hasPrefix(Self.prefix) else { return nil }
        let parts = line.dropFirst(Self.prefix.count).split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, let name = NoteKeyName(parts[0]), let bytes = Base64.decode(parts[1]), bytes.count > 4
        else { return nil }
        self.init(
            name: name, keyID: bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }, signature: Array(bytes.dropFirst(4)))
    }

    /// The line: em dash, space, name, space, base64 of id and signature; without a newline.
    public var line: String {
        let id = (0..<4).map { UInt8(truncatingIfNeeded: keyID >> (24 - 8 * UInt32($0))) }
        return Self.prefix + name.text + " " + Base64.encode(id + signature)
    }

    private static let prefix = "\u{2014} "
}
