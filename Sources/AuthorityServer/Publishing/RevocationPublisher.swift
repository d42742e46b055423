import AuthorityKeys
import AuthorityStore
import KeySchedule
import PrivacyPass
import Revocation
import ServerSupport
import Synchronization

/// Publishes the revocation list in pages, each with a signed head of the whole list.
///
/// The head is signed again when the list has grown, and whenever somebody asks and the last one is 20 s old: so
/// whoever fetches it learns that the authority said so less than 20 s ago.
final class RevocationPublisher: Sendable {
    /// The age in seconds at which a head is signed again.
    private static let longestAge: Int64 = 20
    /// Those who poll have all but a few of the entries: how few, so that their pages are kept.
    private static let nearEnd: UInt64 = 16
    /// How many pages of one head are kept for those who fetch the whole list.
    private static let mostPages = 32

    private let database: AuthorityDatabase
    private let signing: SigningKeys
    private let issuerName: ServerName
    private let time: any TimeSource
    private let pool: ComputePool
    private let latest = Mutex<Latest?>(nil)

    private struct Latest: Sendable {
        let stand: RevocationStand
        let time: UnixTime
        let signedHead: String
        var pages: [UInt64: Publication] = [:]
    }

    init(
        database: AuthorityDatabase, signing: SigningKeys, issuerName: ServerName, time: any TimeSource,
        pool: ComputePool
    ) {
        self.database = database
        self.signing = signing
        self.issuerName = issuerName
        self.time = time
        self.pool = pool
    }

    /// The head alone, as a JSON Web Signature.
    func head() async throws -> Publication {
        let stand = try await database.revocationStand()
        return Publication(Array(head(of: stand).signedHead.utf8))
    }

    /// The entries that follow the first `after`, at most as many as a page holds, with the head.
    func page(after: UInt64) async throws -> Publication {
        let stand = try await database.revocationStand()
        if let page = head(of: stand).pages[after] { return page }
        let (newStand, encoded) = try await database.encodedRevocations(
            after: after, limit: RevocationPage.maximumEntryCount)
        let signedHead = head(of: newStand).signedHead
        let page = try await pool.run {
            let entries = try encoded.map { try RevocationEntry(decoding: $0) }
            return Publication(RevocationPage(after: after, entries: entries, signedHead: signedHead).encoded)
        }
        guard Self.isKept(after: after, size: newStand.size) else { return page }
        latest.withLock { latest in
            guard let current = latest, current.signedHead == signedHead, current.pages.count < Self.mostPages else {
                return
            }
            latest?.pages[after] = page
        }
        return page
    }

    /// Whether many ask for this page; others could fill all room with pages that nobody asks for again.
    static func isKept(after: UInt64, size: UInt64) -> Bool {
        guard after <= size else { return false }
        return size - after <= nearEnd || after.isMultiple(of: UInt64(RevocationPage.maximumEntryCount))
    }

    /// How many pages of the present head are kept.
    var keptPageCount: Int { latest.withLock { $0?.pages.count ?? 0 } }

    private func head(of stand: RevocationStand) -> Latest {
        let now = time.now().wall
        return latest.withLock { latest in
            if let latest, latest.stand == stand, (0..<Self.longestAge).contains(now.seconds(since: latest.time)) {
                return latest
            }
            let head = RevocationHead(issuer: issuerName.text, size: stand.size, root: stand.root, time: now)
            let fresh = Latest(stand: stand, time: now, signedHead: signing.sign(head))
            // A slower caller may still hold an older stand: it must not push the newer one out.
            if stand.size >= latest?.stand.size ?? 0 { latest = fresh }
            return fresh
        }
    }
}
