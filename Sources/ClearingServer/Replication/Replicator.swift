internal import ClearingStore
internal import JOSE
internal import KeySchedule
internal import Logging
internal import PortesVerifier
internal import Revocation
internal import ServerSupport
internal import ServiceLifecycle

/// Polls the authority for keys and for revocations, from the start until shutdown: each by itself, so that an answer
/// of one kind that does not come holds up none of the other.
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

    /// What is remembered from one look at the keys to the next.
    private struct KeyMemory {
        var tag: String?
    }

    /// What is remembered from one look at the revocations to the next.
    private struct RevocationMemory {
        var tag: String?
        /// The size of the list that the tag belongs to.
        var taggedSize: UInt64 = 0
        /// The checks that failed after the last look.
        var failing: [String]?
    }

    func run() async throws {
        if let carriedDelivery { try await takeCarried(carriedDelivery) }
        let complaints = ReplicationComplaints(logger: logger)
        await cancelWhenGracefulShutdown {
            var keys = KeyMemory()
            // Without keys it is not known whose list it is; so the first look at the list follows that at the keys.
            await lookAtKeys(&keys, complaints)
            await withTaskGroup { group in
                group.addTask { [keys] in
                    var memory = keys
                    // Sleeping ends early only when the task is cancelled.
                    while (try? await Task.sleep(for: interval)) != nil { await lookAtKeys(&memory, complaints) }
                }
                group.addTask {
                    var memory = RevocationMemory()
                    repeat { await lookAtRevocations(&memory, complaints) }
                    while (try? await Task.sleep(for: interval)) != nil
                }
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

    private func lookAtKeys(_ memory: inout KeyMemory, _ complaints: ReplicationComplaints) async {
        await note("no keys", complaints) { try await pollDelivery(&memory) }
    }

    private func lookAtRevocations(_ memory: inout RevocationMemory, _ complaints: ReplicationComplaints) async {
        if database.issuer != nil { await note("no revocations", complaints) { try await pollRevocations(&memory) } }
        await reportReadiness(&memory)
    }

    /// Carries out one look, and notes how it went.
    private func note(_ complaint: String, _ complaints: ReplicationComplaints, _ look: () async throws -> Void) async {
        var reason: String?
        do {
            try await look()
        } catch {
            reason = "\(error)"
            metrics.countFailedPoll()
        }
        metrics.note(database.state.verifier)
        if !Task.isCancelled { complaints.note(complaint, because: reason) }
    }

    /// Says that the server is ready, or why not, when that changes.
    private func reportReadiness(_ memory: inout RevocationMemory) async {
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

    private func pollDelivery(_ memory: inout KeyMemory) async throws {
        guard let answer = try await source.delivery(to: identity.id, tag: memory.tag) else { return }
        let text = String(decoding: answer.body, as: UTF8.self)
        if !database.hasAuthority { try await trustSigner(of: text) }
        let isNews = try await database.take(delivery: text)
        memory.tag = answer.tag
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

    private func pollRevocations(_ memory: inout RevocationMemory) async throws {
        let size = database.revocationSize
        // The age counts from before the request, so that a slow answer does not look fresh.
        let fetchedAt = time.now()
        let tag = memory.taggedSize == size ? memory.tag : nil
        guard let answer = try await source.revocationHead(tag: tag) else {
            return try check(database.noteUnchangedHead(fetchedAt: fetchedAt))
        }
        let signedHead = String(decoding: answer.body, as: UTF8.self)
        let entries = try await gather(after: size, upTo: database.verified(signedHead))
        let outcome = try await database.take(revocations: entries, signedHead: signedHead, fetchedAt: fetchedAt)
        (memory.taggedSize, memory.tag) = (database.revocationSize, answer.tag)
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
