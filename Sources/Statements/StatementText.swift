internal import JOSE
internal import PrivacyPass

/// A statement as it was sent, taken apart strictly, and nothing of it believed.
struct StatementText: Sendable {
    /// The most characters that a statement has: 8 KiB.
    static let maximumCount = 8 * 1024

    /// The whole text.
    let text: String
    /// The algorithm that the header names.
    let algorithm: String
    /// The key that the header names.
    let keyID: String?
    /// The members of the payload.
    let claims: [String: JSONValue]

    /// Takes a text apart.
    init(_ text: String) throws(StatementError) {
        guard text.utf8.count <= Self.maximumCount else { throw .tooLarge }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        // Five parts are an encrypted token (RFC 7516).
        guard parts.count != 5 else { throw .nested }
        guard parts.count == 3, !text.utf8.contains(UInt8(ascii: "=")), let headerBytes = Base64URL.decode(parts[0]),
            let payload = Base64URL.decode(parts[1]), Base64URL.decode(parts[2]) != nil
        else { throw .malformed }
        let header = try Self.object(headerBytes)
        if Self.isTokenType(header["cty"]) || Self.isToken(payload) { throw .nested }
        guard Set(header.keys).isSubset(of: ["alg", "kid", "typ"]) else { throw .headerRefused }
        guard case .string(let algorithm)? = header["alg"] else { throw .algorithmRefused }
        switch header["kid"] {
        case nil: keyID = nil
        case .string(let id)? where (1...256).contains(id.utf8.count): keyID = id
        default: throw .headerRefused
        }
        switch header["typ"] {
        case nil: break
        case .string(let type)? where ["jwt", "portes-statement+jwt"].contains(type.lowercased()): break
        default: throw .headerRefused
        }
        self.text = text
        self.algorithm = algorithm
        claims = try Self.object(payload)
    }

    private static func object(_ bytes: [UInt8]) throws(StatementError) -> [String: JSONValue] {
        do {
            return try StrictJSON.object(bytes)
        } catch {
            throw error == .duplicateMember ? .duplicateMember : .malformed
        }
    }

    private static func isTokenType(_ value: JSONValue?) -> Bool {
        guard case .string(let type)? = value else { return false }
        return type.lowercased().hasSuffix("jwt")
    }

    /// Whether a payload is a token itself: three or more parts, of which the first is a header in base64url.
    private static func isToken(_ payload: [UInt8]) -> Bool {
        let parts = String(decoding: payload, as: UTF8.self).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 3, let header = Base64URL.decode(parts[0]) else { return false }
        return header.first == UInt8(ascii: "{")
    }
}
