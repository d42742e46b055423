internal import ClearingStore
internal import KeySchedule
internal import PortesVerifier
internal import PrivacyPass
internal import ServiceLifecycle
internal import Synchronization

/// Compares the issuer's directory with the keys that arrived: a key that is announced to clients and never reaches
/// this server would make it refuse good tokens.
final class DirectoryWatch: Service {
    private let source: AuthoritySource
    private let database: ClearingDatabase
    private let capabilities: Set<Capability>?
    private let time: any TimeSource
    private let interval: Duration
    private let announced = Mutex<[[UInt8]: Announcement]>([:])

    /// How long a key may be on its way at least, in seconds, although it issues already.
    private static let patience: Int64 = 10

    private struct Announcement {
        let capability: Capability
        let isPublic: Bool
        let firstSeen: UnixTime
        let notBefore: UnixTime

        /// Halfway through the announcement.
        var due: UnixTime {
            let half = max(notBefore.seconds(since: firstSeen), 0) / 2
            return firstSeen.adding(seconds: max(half, DirectoryWatch.patience))
        }
    }

    init(
        source: AuthoritySource, database: ClearingDatabase, capabilities: Set<Capability>?, time: any TimeSource,
        interval: Duration
    ) {
        self.source = source
        self.database = database
        self.capabilities = capabilities
        self.time = time
        self.interval = interval
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                // Without a directory the last one counts; the replicator says that the authority is away.
                if let directory = try? await source.directory() { note(directory) }
                try? await Task.sleep(for: interval)
            }
        }
    }

    private func note(_ directory: IssuerDirectory) {
        let now = time.now().wall
        announced.withLock { announced in
            var present: [[UInt8]: Announcement] = [:]
            for key in directory.tokenKeys where TokenType.implemented.contains(key.tokenType) {
                guard let capability = key.capability else { continue }
                present[key.tokenKey] =
                    announced[key.tokenKey]
                    ?? Announcement(
                        capability: capability, isPublic: key.tokenType.isPubliclyVerifiable, firstSeen: now,
                        notBefore: key.notBefore.map { UnixTime(seconds: $0) } ?? now)
            }
            announced = present
        }
    }

    /// Whether every key that is announced for an accepted capability is here, or still has time to arrive.
    var isComplete: Bool {
        let delivered = database.state.verifier.keys.values.map(\.record)
        let accepted = capabilities ?? Set(delivered.map(\.capability))
        let here = Set(delivered.map(\.publicKey))
        let (now, isPublicOnly) = (time.now().wall, database.isPublicOnly)
        return announced.withLock { announced in
            announced.allSatisfy { key, announcement in
                // What is never to arrive is not waited for.
                here.contains(key) || isPublicOnly && !announcement.isPublic || !accepted.contains(announcement.capability) || now < announcement.due
            }
        }
    }
}
