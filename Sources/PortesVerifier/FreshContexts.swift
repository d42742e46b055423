internal import KeySchedule
internal import LibSodium

/// Redemption contexts that nobody can know before their time: a keyed hash of the period of two minutes.
///
/// A function of a secret that lives as long as this value, so that nothing has to be stored for each challenge and
/// nobody can fill a table. Periods are counted on the monotonic clock: a calendar that is set revives none.
final class FreshContexts: Sendable {
    /// The length of a period in seconds.
    static let period: Int64 = 120
    /// How long a context is accepted at least, in seconds: the period after its own.
    static let minimumLife: UInt64 = 120

    private let secret = SecretBytes(randomCount: Bytes32.count)

    /// The context to send at `now`.
    func current(at now: Moment) -> Bytes32 { context(of: index(at: now)) }

    /// The contexts that are accepted at `now`: the present period's and the one before.
    func live(at now: Moment) -> [Bytes32] {
        let index = index(at: now)
        return [context(of: index), context(of: index - 1)]
    }

    private func index(at now: Moment) -> Int64 { now.monotonic.components.seconds / Self.period }

    private func context(of index: Int64) -> Bytes32 {
        KeyedBLAKE2b.hash(Array("portes fresh context v1\n\(index)".utf8), key: secret)
    }
}
