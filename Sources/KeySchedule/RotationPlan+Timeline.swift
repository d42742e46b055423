public import PrivacyPass

extension RotationPlan {
    /// Something that will happen to a key.
    public struct Step: Sendable, Hashable {
        /// What happens.
        public enum Kind: Int, Sendable, Hashable, Comparable {
            /// A key is made and announced.
            case announcement
            /// It begins to issue.
            case issuing
            /// It stops issuing.
            case issuingEnds
            /// Its tokens are no longer accepted.
            case acceptanceEnds
            /// Its secret is destroyed and its ledger becomes a tombstone.
            case destruction

            /// The order in which they happen to one key.
            public static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
        }

        /// When.
        public let time: UnixTime
        /// What.
        public let kind: Kind
        /// The key; `nil` for one that is not made yet.
        public let keyID: TokenKeyID?
        /// Which of the keys not made yet it is, from 0; `nil` for one that is.
        public let future: Int?
    }

    /// How long after a key's acceptance what cannot be undone is done, in seconds.
    public static let destructionDelay: Int64 = 86_400

    /// What will happen from `now` until `end`, in order, if nobody interferes; at most 1,000 keys ahead.
    public func timeline(from now: UnixTime, until end: UnixTime) -> [Step] {
        var steps = keys.filter { !$0.isRevoked }.flatMap { key in
            self.steps(KeyDates(key.record), id: key.record.id, future: nil)
        }
        for (index, made) in made(from: now, until: end).enumerated() {
            steps.append(Step(time: made.time, kind: .announcement, keyID: nil, future: index))
            steps += self.steps(made.dates, id: nil, future: index)
        }
        return steps.filter { now <= $0.time && $0.time < end }
            .sorted { ($0.time, $0.kind, $0.future ?? -1) < ($1.time, $1.kind, $1.future ?? -1) }
    }

    /// Whether keys go on without a gap, with at most `limit` unrevoked ones live at a time, and at most
    /// `limitAfterRevocation` while a revoked key's acceptance would last, until the keys that there are, which other
    /// terms may have made, are over. After that the terms alone see to it.
    public func goesOn(limit: Int, limitAfterRevocation: Int, from now: UnixTime) -> Bool {
        let present = keys.filter { !$0.isRevoked }.map { KeyDates($0.record) }
        guard let end = present.map(\.acceptUntil).max() else { return true }
        let made = made(from: now, until: end.adding(seconds: 3 * terms.epoch))
        // Under a longer announcement the next keys may come too late.
        var free = last.map { max($0.record.issueUntil, now) } ?? now
        for next in made {
            guard next.dates.notBefore <= free else { return false }
            free = next.dates.issueUntil
        }
        return made.indices.allSatisfy { index in
            let time = made[index].time
            let live = (present + made[...index].map(\.dates)).count { $0.acceptUntil > time }
            let isAfterRevocation = keys.contains { $0.isRevoked && $0.record.acceptUntil > time }
            return live <= (isAfterRevocation ? limitAfterRevocation : limit)
        }
    }

    /// The keys that will be made, and when.
    private func made(from now: UnixTime, until end: UnixTime) -> [(time: UnixTime, dates: KeyDates)] {
        guard !isRetired else { return [] }
        var made: [(time: UnixTime, dates: KeyDates)] = []
        var time = nextDue(at: now) ?? end
        guard time < end, var dates = keyToMake(at: time) else { return [] }
        while time < end, made.count < 1_000, !isOver(at: dates.notBefore) {
            made.append((time, dates))
            time = max(time, dates.issueUntil.adding(seconds: -terms.announcement).adding(seconds: -terms.margin))
            dates = KeyDates(from: max(dates.issueUntil, time.adding(seconds: terms.announcement)), terms: terms)
        }
        return made
    }

    private func steps(_ dates: KeyDates, id: TokenKeyID?, future: Int?) -> [Step] {
        func step(_ kind: Step.Kind, _ time: UnixTime) -> Step {
            Step(time: time, kind: kind, keyID: id, future: future)
        }
        // When the capability is revoked all its keys end, whatever their dates; what cannot be undone keeps its own.
        let end = revokedFrom ?? dates.acceptUntil
        let use = isOver(at: dates.notBefore) ? [] : [
            step(.issuing, dates.notBefore), step(.issuingEnds, min(dates.issueUntil, end)),
            step(.acceptanceEnds, min(dates.acceptUntil, end)),
        ]
        return use + [step(.destruction, dates.acceptUntil.adding(seconds: Self.destructionDelay))]
    }
}
