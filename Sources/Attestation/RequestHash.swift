internal import Accounts
package import LibSodium

/// The digest of a token request as it arrived, 32 bytes: what makes a repeated request known.
///
/// The whole of it, because whoever finds two requests with one digest gets the second for nothing.
package struct RequestHash: Sendable, Hashable {
    /// The 32 bytes.
    package let bytes: Bytes32

    /// The digest with these bytes.
    package init(_ bytes: Bytes32) { self.bytes = bytes }

    /// The digest of a request body that was sent with this media type, or of one part of it, for which there is a
    /// charge of its own: what it asks for under one key.
    package init(body: [UInt8], mediaType: String, part: Int? = nil) {
        bytes = RequestDigest.digest(body: body, mediaType: mediaType, part: part)
    }
}
