internal import ClearingStore
internal import Hummingbird
internal import HummingbirdPrivacyPass
internal import Logging
internal import NIOCore
internal import PortesVerifier
internal import PrivacyPass
internal import Recovery
internal import ServerSupport
internal import ServiceLifecycle
internal import Synchronization

/// `GET /spent/{key id}`: which tokens of a key were spent, as a ``SpentFilter``, made once an hour and the same bytes
/// for everyone until then. So whoever brings a wallet back need show no token to learn it, and nobody who looks twice
/// within the hour learns which token was spent when.
final class SpentFilters: Service {
    private let database: ClearingDatabase
    private let pool: ComputePool
    private let interval: Duration
    private let logger: Logger
    private let published = Mutex<[TokenKeyID: Published]?>(nil)

    private struct Published {
        let body: ByteBuffer
        let tag: EntityTag
    }

    init(database: ClearingDatabase, pool: ComputePool, interval: Duration, logger: Logger) {
        self.database = database
        self.pool = pool
        self.interval = interval
        self.logger = logger
    }

    func add(to router: Router<ServerContext>) {
        router.get("\(SpentFilter.path)/:key") { [self] request, context in
            guard let keyID = context.parameters.get("key").flatMap({ TokenKeyID(hexadecimal: $0) }) else {
                throw HTTPProblem.notFound
            }
            guard let all = published.withLock({ $0 }) else { throw HTTPProblem.notReady }
            guard let filter = all[keyID] else { throw HTTPProblem.notFound }
            return request.response(
                filter.body, tag: filter.tag, contentType: SpentFilter.mediaType, cacheControl: "public, max-age=300")
        }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                // Not for another hour what was spent before: the server may only have been busy.
                let isDone = await self.publish(anew: true)
                let due = ContinuousClock.now + (isDone ? self.interval : min(self.interval, .seconds(30)))
                while !Task.isCancelled, ContinuousClock.now < due {
                    // Sleeping ends early only when the task is cancelled.
                    try? await Task.sleep(for: min(self.interval, .seconds(2)))
                    // A key that has arrived since is not to wait for the hour.
                    if self.hasUnpublishedKeys { await self.publish(anew: false) }
                }
            }
        }
    }

    private var hasUnpublishedKeys: Bool {
        let known = published.withLock { $0.map { Set($0.keys) } ?? [] }
        return !known.isSuperset(of: database.state.verifier.keys.keys)
    }

    /// Publishes what is spent by now, or with `anew` false of keys alone of which nothing is published; whether it
    /// could.
    @discardableResult
    private func publish(anew: Bool) async -> Bool {
        do {
            let known = published.withLock { $0 } ?? [:]
            var next: [TokenKeyID: Published] = [:]
            for keyID in database.state.verifier.keys.keys {
                if !anew, let filter = known[keyID] {
                    next[keyID] = filter
                    continue
                }
                guard let spent = try await database.spentTokens(of: keyID) else { continue }
                next[keyID] = try await pool.run {
                    let filter = SpentFilter(spent)
                    return Published(body: ByteBuffer(bytes: filter.encoded), tag: EntityTag(hex: filter.digest))
                }
            }
            published.withLock { $0 = next }
            return true
        } catch is CancellationError {
            return false
        } catch {
            logger.error("what was spent cannot be published", metadata: ["reason": "\(error)"])
            return false
        }
    }
}
