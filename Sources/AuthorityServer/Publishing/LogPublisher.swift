import AuthorityKeys
import AuthorityStore
import KeySchedule
import KeyTransparency
import PrivacyPass
import ServerSupport
import Synchronization

/// Publishes one log: the newest checkpoint that the witness policy is met for, and the tiles under it.
///
/// What is appended is published when enough witnesses have cosigned it; until then everybody gets the checkpoint
/// before. Where no witness is asked, it is published when somebody looks.
final class LogPublisher: Sendable {
    /// After how many seconds witnesses are asked again, so that no cosignature that is shown is a day old.
    private static let longestAge: Int64 = 6 * 3_600

    let log: LogName
    private let authority: Authority
    private let witnesses: LogWitnesses
    private let sign: @Sendable (Checkpoint) -> SignedNote
    private let logKey: NoteVerificationKey
    private let latest = Mutex<Published?>(nil)

    private struct Published: Sendable {
        let head: TreeHead
        let publication: Publication
        let cosigned: UnixTime
    }

    /// A publisher whose checkpoints `sign` signs with the key that `logKey` checks.
    init(
        _ log: LogName, authority: Authority, logKey: NoteVerificationKey, witnesses: LogWitnesses,
        sign: @escaping @Sendable (Checkpoint) -> SignedNote
    ) {
        self.log = log
        self.authority = authority
        self.logKey = logKey
        self.witnesses = witnesses
        self.sign = sign
    }

    /// The checkpoint to show, as a signed note; `nil` while there is none.
    func checkpoint() async throws -> Publication? {
        if witnesses.isEmpty {
            try await publishWhatIsNew()
        } else if latest.withLock({ $0 == nil }) {
            adopt(try await authority.database.publication(of: log.stored).checkpoint)
        }
        return latest.withLock { $0?.publication }
    }

    /// The bytes of a tile that the published checkpoint covers, by its path below the log's.
    func tile(_ path: String) async throws -> [UInt8]? {
        guard let tile = Tile(path: path) else { return nil }
        if latest.withLock({ $0 == nil }) { _ = try await checkpoint() }
        guard let size = latest.withLock({ $0?.head.size }) else { return nil }
        return try await authority.database.bytes(of: tile, in: log.stored, size: size)
    }

    /// How many entries the checkpoint to show covers.
    func publishedSize() async throws -> UInt64 {
        _ = try await checkpoint()
        return latest.withLock { $0?.head.size } ?? 0
    }

    /// Some of the log is published, if anything is in it: until then no app takes a key. That it is not the newest is
    /// no reason to be out of service.
    var check: ReadinessCheck {
        ReadinessCheck("key-log") { [self] in
            guard let head = try? await authority.database.head(of: log.stored) else { return false }
            return head.size == 0 ? true : (try? await checkpoint()) != nil
        }
    }

    /// How many entries of the log the checkpoint to show does not cover.
    func unpublishedCount() async throws -> UInt64 {
        let size = try await authority.database.head(of: log.stored).size
        let published = try await publishedSize()
        return size - min(size, published)
    }

    /// Waits until the checkpoint to show covers all entries, at most so long; whether it does.
    func isPublished(within limit: Duration) async throws -> Bool {
        let end = ContinuousClock.now + limit
        while try await unpublishedCount() > 0 {
            guard ContinuousClock.now < end else { return false }
            try await ContinuousClock().sleep(for: .milliseconds(20))
        }
        return true
    }

    /// Publishes a checkpoint if the log has grown, or the cosignatures are getting old.
    ///
    /// Throws ``StoreError``, or ``WitnessShortage`` if too few witnesses cosigned: then the checkpoint before stays.
    func publishWhatIsNew() async throws {
        let database = authority.database
        let (head, stored) = try await database.publication(of: log.stored)
        if latest.withLock({ $0 == nil }) { adopt(stored) }
        let (known, now) = (latest.withLock { $0 }, authority.time.now().wall)
        guard head.size > 0, known.map({ $0.head != head || isOld($0, at: now) }) ?? true else { return }
        let checkpoint = Checkpoint(origin: logKey.name, head: head)
        let note = try await witnesses.cosigned(sign(checkpoint)) { [log] old, new in
            try await database.consistencyProof(in: log.stored, from: old, to: new)
        }
        try await database.publish(note.encoded, of: log.stored)
        latest.withLock { latest in
            // A slower caller must not push a newer one out.
            guard head.size >= latest?.head.size ?? 0 else { return }
            latest = Published(head: head, publication: Publication(note.encoded), cosigned: now)
        }
    }

    private func isOld(_ published: Published, at now: UnixTime) -> Bool {
        !witnesses.isEmpty && !(0..<Self.longestAge).contains(now.seconds(since: published.cosigned))
    }

    /// Takes up what an earlier run published, if it is of this origin and still meets the policy.
    private func adopt(_ bytes: [UInt8]?) {
        guard let bytes, let note = try? SignedNote(decoding: bytes),
            let checkpoint = try? Checkpoint(verifying: note, key: logKey),
            (try? witnesses.policy.isMet(by: note, at: authority.time.now().wall)) == true
        else { return }
        // Asked again at once: nobody knows how old the cosignatures are.
        let published = Published(
            head: checkpoint.head, publication: Publication(bytes), cosigned: UnixTime(seconds: 0))
        latest.withLock { $0 = $0 ?? published }
    }
}
