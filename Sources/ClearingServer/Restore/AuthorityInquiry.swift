package import ClearingStore
internal import HTTPTransport
internal import JOSE
internal import KeyDelivery
package import KeySchedule
internal import PrivacyPass
package import Revocation

/// What the authority says while a clearing server is restored, checked with its pinned key.
package struct AuthorityInquiry: Sendable {
    /// The present head of its revocation list, of the last 60 s by this machine's clock.
    package let head: RevocationHead
    /// The keys that it delivers to the server now.
    package let records: [KeyRecord]

    /// Asks the authority at a URL.
    ///
    /// `authority` is the pinned key. Throws ``ReplicationError`` for what that key did not sign, what is of another
    /// issuer than the backup's, or is older than the backup; ``InquiryError`` or ``HTTPTransportError``.
    package init(
        issuerURL: String, certificateAuthorityFile: String?, authority: AuthorityKey,
        contents: ClearingBackupContents, time: any TimeSource = SystemTimeSource()
    ) async throws {
        let transport = try HTTPTransport(certificateAuthorityFile: certificateAuthorityFile)
        let result: Result<AuthorityInquiry, any Error>
        do {
            result = .success(
                try await Self.ask(
                    AuthoritySource(transport: transport, issuerURL: issuerURL), authority, contents, time))
        } catch {
            result = .failure(error)
        }
        await transport.shutdown()
        self = try result.get()
    }

    private init(head: RevocationHead, records: [KeyRecord]) {
        self.head = head
        self.records = records
    }

    private static func ask(
        _ source: AuthoritySource, _ authority: AuthorityKey, _ contents: ClearingBackupContents, _ time: any TimeSource
    ) async throws -> AuthorityInquiry {
        var (issuer, revocationKey, records) = (contents.issuer, contents.revocationKey, [KeyRecord]())
        do {
            // Without a tag there is always an answer.
            if let answer = try await source.delivery(to: contents.verifier, tag: nil) {
                let text = String(decoding: answer.body, as: UTF8.self)
                let document = try delivery(text, authority)
                guard issuer == nil || issuer == document.issuer else {
                    throw ReplicationError.revocation(.wrongIssuer)
                }
                (issuer, revocationKey) = (document.issuer, document.revocationKey)
                records = document.keys.map(\.record)
            }
        } catch AuthoritySource.SourceError.unknownVerifier where revocationKey != nil {
            // A server that is not trusted any more still knows who signs heads.
        } catch AuthoritySource.SourceError.revokedVerifier {
            throw InquiryError.trustRevoked
        } catch let error as AuthoritySource.SourceError {
            throw InquiryError.noAnswer(error.description)
        }
        guard let revocationKey, let issuer else { throw ReplicationError.nothingDelivered }
        let signedHead = try await source.head()
        let now = time.now()
        let head: RevocationHead
        do {
            head = try RevocationHead(verifying: signedHead, key: revocationKey)
        } catch {
            throw ReplicationError.signature(error)
        }
        guard head.issuer == issuer else { throw ReplicationError.revocation(.wrongIssuer) }
        guard head.size >= contents.revocationSize else { throw ReplicationError.revocation(.rollback) }
        // An old head, shown again, would leave out keys that have begun since.
        guard RevocationFreshness(headTime: head.time, fetchedAt: now) != nil else { throw InquiryError.clocksDiffer }
        return AuthorityInquiry(head: head, records: records)
    }

    private static func delivery(
        _ text: String, _ authority: AuthorityKey
    ) throws(ReplicationError) -> KeyDeliveryDocument {
        do {
            return try KeyDeliveryDocument(verifying: text, key: authority.publicKey)
        } catch {
            throw .signature(error)
        }
    }
}

/// Why what the authority says does not do for a restore.
package enum InquiryError: Error, Sendable, Hashable {
    /// The signed time and this machine's differ by more than 60 s.
    case clocksDiffer
    /// The authority has revoked its trust in the server that is restored.
    case trustRevoked
    /// The authority did not answer as it should: why not.
    case noAnswer(String)
}

extension InquiryError: CustomStringConvertible {
    /// One line for people: lower case, no full stop.
    package var description: String {
        switch self {
        case .trustRevoked: "the authority has revoked its trust in this clearing server, for good"
        case .noAnswer(let reason): reason
        case .clocksDiffer: "the authority's signed head and this machine's clock differ by more than 60 s"
        }
    }

    /// What to do about it; lower case, no full stop.
    package var hint: String? {
        switch self {
        case .trustRevoked: "nothing was changed: begin with a new data directory, whose identity the authority's admin adds"
        case .noAnswer: "nothing was changed: see that the URL is the authority's, and that it runs"
        case .clocksDiffer: "set the clocks of both; nothing was changed"
        }
    }
}
