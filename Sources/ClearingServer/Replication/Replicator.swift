internal import ClearingStore
internal import JOSE
internal import KeySchedule
internal import Logging
internal import PortesVerifier
internal import Revocation
internal import ServerSupport
internal import ServiceLifecycle

/// Polls the authority for keys and revocations, from the start until shutdown.
///
/// What the authority does not answer is not missed at once: the server goes on with what it has until its revocation
/// list is too old.
struct Replicator: Service {
    let source: AuthoritySource
    let database: ClearingDatabase
    let identity: ClearingIdentity
    let metrics: ClearingMetrics
    let readiness: Readiness
    let pool: ComputePool
    let time: any TimeSource
    let interval: Duration
    /// A delivery that was carried here in a file, to be taken first.
    let carriedDelivery: String?
    let logger: Logger

    /// What is remembered from one poll to the next.
    private struct Memory {
        var deliveryTag: String?
        var revocationTag: String?
        /// The size of the list that the tag belongs to.
        var taggedSize: UInt64 = 0
        var complaint: String?
        /// The checks that failed after the last poll.
        var failing: [String]?
    }

    func run() async throws {
        if let carriedDelivery { try await takeCarried(carriedDelivery) }
        await cancelWhenGracefulShutdown {
            var memory = Memory()
            while !Task.isCancelled {
                await poll(&memory)
                // Sleeping ends early only when the task is cancelled.
                try? await Task.sleep(for: interval)
            }
        }
    }

    /// Takes the carried delivery, unless newer keys were taken before: the file stays where it was while keys rotate.
    private func takeCarried(_ delivery: String) async throws {
        do {
            try await database.take(delivery: delivery)
        } catch ReplicationError.rollback {
            logger.notice("the carried key delivery is older than the keys here and is not used")
        }
    }

    private func poll(_ memory: inout Memory) async {
        var complaint: String?
        do {
            try await pollDelivery(&memory)
        } catch {
            complaint = "no keys: \(error)"
        }
        do {
            if database.issuer != nil { try await pollRevocations(&memory) }
        } catch {
            complaint = "no revocations: \(error)"
        }
        metrics.note(database.state.verifier)
        if complaint != nil { metrics.countFailedPoll() }
        report(complaint, &memory)
        await reportReadiness(&memory)
    }

    /// Says that the server is ready, or why not, when that changes.
    private func reportReadiness(_ memory: inout Memory) async {
        var failing: [String] = []
        for check in readiness.checks where await !check.passes() { failing.append(check.name) }
        guard failing != memory.failing, !Task.isCancelled else { return }
        memory.failing = failing
        if failing.isEmpty {
            logger.info("ready", metadata: ["keys": "\(database.state.verifier.keys.count)"])
        } else {
            logger.notice("not ready", metadata: ["failing": "\(failing.joined(separator: ","))"])
        }
    }

    /// Says what is wrong when it begins to be, and when it is over: not every two seconds.
    private func report(_ complaint: String?, _ memory: inout Memory) {
        guard complaint != memory.complaint, !Task.isCancelled else { return }
        memory.complaint = complaint
        if let complaint {
            logger.warning("the authority's lists do not arrive", metadata: ["reason": "\(complaint)"])
        } else {
            logger.notice("the authority's lists arrive")
        }
    }

    private func pollDelivery(_ memory: inout Memory) async throws {
        guard let answer = try await source.delivery(to: identity.id, tag: memory.deliveryTag) else { return }
        let text = String(decoding: answer.body, as: UTF8.self)
        if !database.hasAuthority { try await trustSigner(of: text) }
        let isNews = try await database.take(delivery: text)
        memory.deliveryTag = answer.tag
        if isNews {
            let count = database.state.verifier.keys.count
            logger.notice("keys have arrived", metadata: ["count": "\(count)"])
        }
    }

    /// Without a key in the configuration, the first delivery's signer is trusted if the issuer's URL names its key.
    private func trustSigner(of delivery: String) async throws {
        let keys = JSONWebKeySet.publicKeys(in: try await source.keySet()) ?? []
        let signer = keys.first { (try? JSONWebSignature.verify(delivery, purpose: .keyDelivery, key: $0)) != nil }
        guard let signer else { throw ReplicationError.signature(.unknownKey) }
        try await database.trust(AuthorityKey(signer))
        let key = AuthorityKey(signer).text
        // Not through the logger: no log level may hide it.
        writeToStandardError("""
            portes: warning: no authority key was given: the one that the issuer's URL answered with is trusted from now on
            portes: hint: compare it with what portes authority show prints there; to pin it: --authority-key=\(key)

            """)
    }

    private func pollRevocations(_ memory: inout Memory) async throws {
        let size = database.revocationSize
        // The age counts from before the request, so that a slow answer does not look fresh.
        let fetchedAt = time.now()
        let tag = memory.taggedSize == size ? memory.revocationTag : nil
        guard let answer = try await source.revocationHead(tag: tag) else {
            return try check(database.noteUnchangedHead(fetchedAt: fetchedAt))
        }
        let signedHead = String(decoding: answer.body, as: UTF8.self)
        let entries = try await gather(after: size, upTo: database.verified(signedHead))
        let outcome = try await database.take(revocations: entries, signedHead: signedHead, fetchedAt: fetchedAt)
        (memory.taggedSize, memory.revocationTag) = (database.revocationSize, answer.tag)
        if !entries.isEmpty { logger.notice("revocations have arrived", metadata: ["count": "\(entries.count)"]) }
        try check(outcome)
    }

    /// The entries up to a head. One that is far ahead takes several requests.
    private func gather(after size: UInt64, upTo head: RevocationHead) async throws -> [RevocationEntry] {
        do {
            var gathering = try RevocationGathering(after: size, upTo: head)
            while !gathering.isComplete {
                let bytes = try await source.revocations(after: gathering.size)
                let delta = await pool.complete { Result { try RevocationDelta(decoding: bytes) } }
                try gathering.take(delta.get())
            }
            return gathering.entries
        } catch let error as RevocationError {
            throw ReplicationError.revocation(error)
        }
    }

    private func check(_ outcome: ClearingDatabase.HeadOutcome) throws {
        if outcome == .clocksDiffer { throw ClocksDiffer() }
    }

    /// The authority's signed time and this machine's differ by more than a minute.
    private struct ClocksDiffer: Error, CustomStringConvertible {
        let description = "the authority's signed head and this machine's clock differ by more than 60 s"
    }
}
