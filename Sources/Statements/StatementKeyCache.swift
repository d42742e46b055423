/// One party's keys as they were read last.
actor StatementKeyCache {
    /// After how long they are read again.
    static let age: Duration = .seconds(300)
    /// How soon at the earliest, however many statements name keys that are not known.
    static let pause: Duration = .seconds(10)
    /// For how long those read last count where they cannot be read.
    static let longestAge: Duration = .seconds(86_400)

    private let source: StatementVerifier.KeySource
    private var keys: [StatementKey] = []
    private var readAt: Duration?
    private var triedAt: Duration?
    private var reading: Task<Void, Never>?

    init(_ source: @escaping StatementVerifier.KeySource) { self.source = source }

    /// The key with this id; for a statement that names none, the only one of its algorithm.
    func key(id: String?, algorithm: StatementAlgorithm, at now: Duration) async throws(StatementError) -> StatementKey {
        if readAt.map({ now - $0 >= Self.age }) ?? true { await read(at: now) }
        if let key = try find(id, algorithm) { return key }
        await read(at: now)
        guard let readAt, now - readAt < Self.longestAge else { throw .keysUnavailable }
        guard let key = try find(id, algorithm) else { throw .unknownKey }
        return key
    }

    private func find(_ id: String?, _ algorithm: StatementAlgorithm) throws(StatementError) -> StatementKey? {
        guard let id else {
            let candidates = keys.filter { $0.algorithm == algorithm }
            return candidates.count == 1 ? candidates[0] : nil
        }
        let candidates = keys.filter { $0.id == id }
        guard !candidates.isEmpty else { return nil }
        guard let key = candidates.first(where: { $0.algorithm == algorithm }) else { throw .algorithmRefused }
        return key
    }

    private func read(at now: Duration) async {
        // Whoever comes while it is read waits for the same answer.
        if let reading { return await reading.value }
        if let triedAt, now - triedAt < Self.pause { return }
        triedAt = now
        let task = Task { await load(at: now) }
        reading = task
        await task.value
    }

    private func load(at now: Duration) async {
        let found: [StatementKey]?
        if let bytes = try? await source(), bytes.count <= 64 * 1024 {
            found = await StatementKey.keys(in: bytes)
        } else {
            found = nil
        }
        if let found {
            (keys, readAt) = (found, now)
        } else if let readAt, now - readAt >= Self.longestAge {
            keys = []
        }
        reading = nil
    }
}
