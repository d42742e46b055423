internal import LibSodium
internal import PrivacyPass

/// What an account's key signs: each act under a label of its own, so that no signature can be shown as another's.
package enum AccountAct: String, Sendable, Hashable, CaseIterable {
    /// A request for tokens.
    case request = "portes account request v1"
    /// The opening of the account.
    case opening = "portes account opening v1"
    /// A statement of another party, for the account's credit.
    case statement = "portes account statement v1"
    /// The end of the account.
    case closing = "portes account closing v1"

    /// The bytes that are signed: label and issuer's name with two bytes of length in front, and a digest.
    func message(issuer: ServerName, digest: Bytes32) -> [UInt8] {
        var writer = ByteWriter(capacity: 256)
        for text in [rawValue, issuer.text.lowercased()] {
            writer.append(UInt16(truncatingIfNeeded: text.utf8.count))
            writer.append(Array(text.utf8))
        }
        writer.append(digest)
        return writer.bytes
    }
}
