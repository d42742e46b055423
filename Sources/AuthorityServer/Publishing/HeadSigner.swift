import AuthorityKeys
import AuthorityStore
import KeySchedule
import Logging
import Revocation
import Synchronization

/// Signs heads of the revocation list: every 30 s, whether or not anybody asks, and at once when the list has changed.
/// Each is in the log of heads before it is given out.
///
/// One head is signed at a time, and whoever asks for one meanwhile waits for it.
final class HeadSigner: Sendable {
    /// How long after a head the next is signed although nothing has changed.
    static let standardInterval: Duration = .seconds(30)
    /// The age in seconds of a head that is not given out any more: the service is late.
    private static let longestAge: Int64 = 40

    private let database: AuthorityDatabase
    private let signing: SigningKeys
    private let issuer: String
    private let time: any TimeSource
    private let interval: Duration
    private let state = Mutex(State())

    private struct State: Sendable {
        var latest: SignedHead?
        var running: Task<SignedHead, any Error>?
    }

    private struct SignedHead: Sendable {
        let head: RevocationHead
        let publication: Publication
        let signed: ContinuousClock.Instant
    }

    /// Signs for the issuer of this name, in the service every `interval`.
    init(
        database: AuthorityDatabase, signing: SigningKeys, issuer: String, time: any TimeSource,
        interval: Duration = standardInterval
    ) {
        self.interval = interval
        self.database = database
        self.signing = signing
        self.issuer = issuer
        self.time = time
    }

    /// The head of the list as it is now, as a JSON Web Signature.
    func head() async throws -> Publication {
        let size = try await database.revocationStand().size
        while true {
            let now = time.now().wall
            let latest = state.withLock { $0.latest }
            if let latest, latest.head.size >= size,
                (0...Self.longestAge).contains(now.seconds(since: latest.head.time))
            {
                return latest.publication
            }
            // A head that was being signed already may be of a shorter list; then there is one more round.
            let signed = try await sign()
            if signed.head.size >= size { return signed.publication }
        }
    }

    /// Signs a head now, or waits for the one that is being signed.
    @discardableResult
    private func sign() async throws -> SignedHead {
        let task = state.withLock { state in
            if let running = state.running { return running }
            let task = Task { [self] in
                do {
                    let head = try await signed()
                    finish(head)
                    return head
                } catch {
                    finish(nil)
                    throw error
                }
            }
            state.running = task
            return task
        }
        return try await task.value
    }

    private func finish(_ head: SignedHead?) {
        state.withLock { state in
            state.running = nil
            if let head { state.latest = head }
        }
    }

    private func signed() async throws -> SignedHead {
        let (issuer, now) = (issuer, time.now().wall)
        let head = try await database.appendRevocationHead { stand in
            RevocationHead(issuer: issuer, size: stand.size, root: stand.root, time: now)
        }
        return SignedHead(
            head: head, publication: Publication(Array(signing.sign(head).utf8)), signed: ContinuousClock.now)
    }

    /// Signs until the task is cancelled; what cannot be signed now is with the next head.
    func run(growth: GrowthSignal, logger: Logger) async {
        for await _ in growth.subscribe(every: interval) {
            do {
                try await signIfDue()
            } catch where !Task.isCancelled {
                logger.error("no head of the revocation list was signed", metadata: ["error": "\(type(of: error))"])
            } catch {
                // The server ends.
            }
        }
    }

    /// Signs if the list has grown since the last head, or that one is about as old as the interval.
    private func signIfDue() async throws {
        let size = try await database.revocationStand().size
        let latest = state.withLock { $0.latest }
        let isCurrent = latest.map { $0.head.size >= size && ContinuousClock.now - $0.signed < interval * 9 / 10 }
        guard isCurrent != true else { return }
        // A head that was being signed already may be of a shorter list.
        while try await sign().head.size < size {}
    }
}
