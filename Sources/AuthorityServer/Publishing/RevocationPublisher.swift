import AuthorityKeys
import AuthorityStore
import KeySchedule
import PrivacyPass
import Revocation
import ServerSupport
import Synchronization

/// Publishes the revocation list: a signed head, and the entries in a few deltas that are the same for everybody.
///
/// Whoever asks for the entries after some place gets one of these: a whole block of 10,000, which never changes again;
/// all entries after the last whole block; or exactly what is missing, where that is little. So however many places are
/// asked for, few deltas are made, and each of them once.
final class RevocationPublisher: Sendable {
    /// The most entries of a delta that is made for a place of its own: those who poll miss fewer.
    static let mostExact: UInt64 = 100
    private static let blockCount = UInt64(RevocationDelta.maximumEntryCount)

    private let database: AuthorityDatabase
    private let heads: HeadSigner
    private let pool: ComputePool
    private let state = Mutex(State())

    /// A delta and whether it is a whole block, which anybody may keep for ever.
    struct Answer: Sendable {
        let publication: Publication
        let isBlock: Bool
    }

    private struct State: Sendable {
        /// Whole blocks by their number.
        var blocks: [UInt64: Publication] = [:]
        /// The entries after the last whole block.
        var tail = Tail(start: 0, entries: [])
        /// The deltas of the present tail by the place after which they begin.
        var deltas: [UInt64: Publication] = [:]
    }

    private struct Tail: Sendable {
        let start: UInt64
        var entries: [RevocationEntry]

        var end: UInt64 { start + UInt64(entries.count) }

        func delta(after place: UInt64) -> RevocationDelta? {
            RevocationDelta(after: place, entries: Array(entries.dropFirst(Int(place - start))))
        }
    }

    init(database: AuthorityDatabase, heads: HeadSigner, pool: ComputePool) {
        self.database = database
        self.heads = heads
        self.pool = pool
    }

    /// The head, as a JSON Web Signature.
    func head() async throws -> Publication { try await heads.head() }

    /// Entries that follow the first `place`, perhaps with some that come before; none if there are none.
    func delta(after place: UInt64) async throws -> Answer {
        let tail = try await currentTail()
        if place < tail.start { return Answer(publication: try await block(place / Self.blockCount), isBlock: true) }
        let end = tail.end
        let isNear = place >= end || end - place <= Self.mostExact
        let start = isNear ? min(place, end) : tail.start
        return Answer(publication: try await delta(of: tail, after: start), isBlock: false)
    }

    /// How many deltas are kept, whole blocks aside.
    var keptDeltaCount: Int { state.withLock { $0.deltas.count } }

    /// The tail with all entries that there are now.
    private func currentTail() async throws -> Tail {
        let size = try await database.revocationStand().size
        let start = size - size % Self.blockCount
        var tail = state.withLock { $0.tail }
        guard tail.end < size else { return tail }
        if tail.start != start { tail = Tail(start: start, entries: []) }
        // Entries may have been appended since: a tail is never longer than a block.
        let missing = try await database.encodedRevocations(
            after: tail.end, limit: Int(Self.blockCount) - tail.entries.count)
        tail.entries += try await pool.run { try missing.map { try RevocationEntry(decoding: $0) } }
        return state.withLock { [tail] state in
            // A slower caller must not push what is newer out.
            guard tail.end > state.tail.end else { return state.tail.start == tail.start ? state.tail : tail }
            state.tail = tail
            state.deltas = [:]
            return tail
        }
    }

    private func delta(of tail: Tail, after place: UInt64) async throws -> Publication {
        if let known = state.withLock({ $0.tail.end == tail.end ? $0.deltas[place] : nil }) { return known }
        let publication = try await pool.run { Publication(tail.delta(after: place)?.encoded ?? []) }
        state.withLock { if $0.tail.end == tail.end { $0.deltas[place] = publication } }
        return publication
    }

    private func block(_ number: UInt64) async throws -> Publication {
        if let known = state.withLock({ $0.blocks[number] }) { return known }
        let encoded = try await database.encodedRevocations(
            after: number * Self.blockCount, limit: Int(Self.blockCount))
        let publication = try await pool.run {
            let entries = try encoded.map { try RevocationEntry(decoding: $0) }
            return Publication(RevocationDelta(after: number * Self.blockCount, entries: entries)?.encoded ?? [])
        }
        state.withLock { $0.blocks[number] = publication }
        return publication
    }
}
