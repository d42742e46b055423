internal import HTTPTransport
internal import JOSE
internal import KeyDelivery
internal import PrivacyPass
internal import Revocation

/// Fetches what the authority publishes for clearing servers.
struct AuthoritySource: Sendable {
    private let transport: HTTPTransport
    private let base: String

    /// How long one request may take: less than it takes to miss a revocation for long.
    static let timeout: Duration = .seconds(4)

    /// Why an answer was no use.
    enum SourceError: Error, Hashable, CustomStringConvertible {
        /// The authority does not know this server's identity.
        case unknownVerifier
        /// The authority revoked its trust in this server's identity, for good.
        case revokedVerifier
        /// Another status than 200 or 304.
        case status(Int)
        /// The body is not what it should be.
        case malformed

        var description: String {
            switch self {
            case .unknownVerifier: "the authority does not trust this server's identity"
            case .revokedVerifier: "the authority has revoked its trust in this server's identity, for good"
            case .status(let status): "the authority answered with status \(status)"
            case .malformed: "the authority's answer cannot be read"
            }
        }
    }

    /// An answer that can be asked for again with its tag.
    struct Answer: Sendable {
        let body: [UInt8]
        let tag: String?
    }

    init(transport: HTTPTransport, issuerURL: String) {
        self.transport = transport
        base = issuerURL.hasSuffix("/") ? String(issuerURL.dropLast()) : issuerURL
    }

    /// The key delivery for a verifier; `nil` if it is still the one with `tag`.
    func delivery(to verifier: VerifierID, tag: String?) async throws -> Answer? {
        do {
            return try await get("/verifiers/\(verifier.text)/keys", tag: tag, limit: JSONWebSignature.maximumCount)
        } catch SourceError.status(404) {
            throw SourceError.unknownVerifier
        } catch SourceError.status(403) {
            throw SourceError.revokedVerifier
        }
    }

    /// The signed head of the revocation list; `nil` if it is still the one with `tag`.
    func revocationHead(tag: String?) async throws -> Answer? {
        try await get("/revocations/head", tag: tag, limit: 64 * 1024)
    }

    /// A delta of the revocation list with the entry after the first `size`.
    func revocations(after size: UInt64) async throws -> [UInt8] {
        let answer = try await get(
            "/revocations?after=\(size)", tag: nil, limit: RevocationDelta.maximumEncodedCount)
        guard let answer else { throw SourceError.malformed }
        return answer.body
    }

    /// The signed head of the revocation list.
    func head() async throws -> String {
        let answer = try await get("/revocations/head", tag: nil, limit: 64 * 1024)
        guard let answer else { throw SourceError.malformed }
        return String(decoding: answer.body, as: UTF8.self)
    }

    /// Hands over a signed count; throws ``SourceError/status(_:)`` where the authority does not take it.
    func report(_ statement: String, by verifier: VerifierID) async throws {
        let response = try await transport.post(
            base + "/verifiers/\(verifier.text)/counts", contentType: "application/jose", body: Array(statement.utf8),
            timeout: Self.timeout)
        guard [200, 204].contains(response.status) else { throw SourceError.status(response.status) }
    }

    /// The keys that the authority says it signs with.
    func keySet() async throws -> [UInt8] {
        let answer = try await get(JSONWebKeySet.path, tag: nil, limit: 64 * 1024)
        guard let answer else { throw SourceError.malformed }
        return answer.body
    }

    /// The issuer's directory.
    func directory() async throws -> IssuerDirectory {
        let answer = try await get(IssuerDirectory.path, tag: nil, limit: IssuerDirectory.maximumEncodedCount)
        guard let answer, let directory = try? IssuerDirectory(decoding: answer.body) else {
            throw SourceError.malformed
        }
        return directory
    }

    private func get(_ path: String, tag: String?, limit: Int) async throws -> Answer? {
        let response = try await transport.get(
            base + path, ifNoneMatch: tag, maximumResponseBytes: limit, timeout: Self.timeout)
        switch response.status {
        case 200: return Answer(body: response.body, tag: response.header("ETag"))
        case 304 where tag != nil: return nil
        default: throw SourceError.status(response.status)
        }
    }
}
