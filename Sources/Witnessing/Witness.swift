package import KeyTransparency

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A witness as a log knows it: where checkpoints are submitted, and the key that its cosignatures are checked with.
package struct Witness: Sendable, Hashable {
    /// The submission prefix without a slash at its end (C2SP tlog-witness, "HTTP Interface").
    package let submissionPrefix: String
    /// The key of its cosignatures, of type 0x04.
    package let key: NoteVerificationKey

    /// A witness from its parts; `nil` if the key is not one of a witness, or the prefix is no http or https URL or has
    /// a query, a fragment or credentials.
    package init?(submissionPrefix text: String, key: NoteVerificationKey) {
        guard key.type == .cosignature, let url = URL(string: text),
            ["http", "https"].contains(url.scheme?.lowercased()), url.host?.isEmpty == false, url.query == nil,
            url.fragment == nil, url.user == nil, url.password == nil
        else { return nil }
        submissionPrefix = text.hasSuffix("/") ? String(text.dropLast()) : text
        self.key = key
    }

    /// Where a checkpoint is posted to.
    var addCheckpointURL: String { submissionPrefix + "/add-checkpoint" }
}
