import AuthorityKeys
import AuthorityStore
import Issuance
import KeySchedule
import KeyTransparency
import PrivacyPass
import Synchronization

/// Publishes the issuer directory (RFC 9578, section 4): the same bytes for everybody who asks at one time.
final class DirectoryPublisher: Sendable {
    /// The path of token requests.
    static let requestPath = "/token-request"
    /// For how many seconds a directory may be kept at most.
    private static let longestAge: Int64 = 60

    private let authority: Authority
    private let keyLog: LogPublisher
    private let latest = Mutex<(directory: IssuerDirectory, publication: Publication)?>(nil)

    /// A publisher of keys as far as `keyLog` has published them.
    init(_ authority: Authority, keyLog: LogPublisher) {
        self.authority = authority
        self.keyLog = keyLog
    }

    /// The directory as it is now, and for how many seconds it stays so if no admin changes it.
    ///
    /// A key that the published log does not have yet is not listed: no client would take it. Throws ``StoreError``.
    func current() async throws -> (publication: Publication, maxAge: Int64) {
        let published = try await keyLog.publishedSize()
        let (issuer, now) = (authority.issuer, authority.time.now().wall)
        let summary = authority.database.keyLogSummary
        let listed = listed(issuer, at: now).filter { summary.announcements[$0.id].map { $0 < published } ?? false }
        let directory = IssuerDirectory(
            issuerRequestURI: Self.requestPath,
            tokenKeys: listed.map { record in
                IssuerDirectory.Key(
                    tokenType: record.tokenType, tokenKey: record.publicKey, notBefore: record.notBefore.seconds,
                    capability: record.capability)
            },
            issuerName: authority.issuerName)
        let changes = listed.flatMap { [$0.notBefore, $0.issueUntil] }.filter { $0 > now }
        // No longer than a key is announced, so that whoever keeps a directory knows the next key in time.
        let announced = summary.terms.map(\.announcement).reduce(Self.longestAge, min)
        let maxAge = changes.map { $0.seconds(since: now) }.reduce(announced, min)
        return (publication(of: directory), maxAge)
    }

    /// The keys that issue or will: of each capability first the one to use now; those of a token type that runs out
    /// come after the others.
    private func listed(_ issuer: Issuer, at now: UnixTime) -> [KeyRecord] {
        issuer.records.filter { [.issuing, .announced].contains(issuer.state(of: $0, at: now)) }
            .map { (record: $0, rank: authority.isRetired($0) ? 1 : 0) }
            .sorted {
                ($0.record.capability, $0.rank, $0.record.notBefore)
                    < ($1.record.capability, $1.rank, $1.record.notBefore)
            }
            .map(\.record)
    }

    /// Encodes and hashes only what has changed since the last time.
    private func publication(of directory: IssuerDirectory) -> Publication {
        latest.withLock { latest in
            if let latest, latest.directory == directory { return latest.publication }
            let publication = Publication(directory.encoded)
            latest = (directory, publication)
            return publication
        }
    }
}
