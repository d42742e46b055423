package import LibSodium

/// The digest of a request as it arrived, 32 bytes: what a repeated one is known by, and what an account signs.
package enum RequestDigest {
    /// The digest of a body that was sent with this media type, or of one part of it.
    package static func digest(body: [UInt8], mediaType: String, part: Int? = nil) -> Bytes32 {
        let place = part.map { "part \($0)\n" } ?? ""
        return KeyedBLAKE2b.hash(Array("portes request v1\n\(mediaType)\n\(place)".utf8) + body)
    }
}
