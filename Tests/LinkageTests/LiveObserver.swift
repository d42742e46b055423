import Foundation
import TestSupport

/// Somebody who sees, live, when requests come to both servers, in which order and how large they are, and no address.
///
/// A model, not the servers: people come to a service at random times of a day, and what is drawn repeats for its seed.
/// The observer's score for a fetch and a spend is the time between them, the shorter the likelier, and none if the
/// spend came first; his best guess for a spend is the fetch right before it. All requests are of one size each, as the
/// client library makes them, so that sizes say nothing.
struct LiveObserver {
    /// What clients do to be harder to follow.
    enum Habit: CaseIterable {
        /// One token is fetched when it is needed, and spent within a second.
        case onDemand
        /// Ten are fetched when one is needed and none is left, and one is spent within a second.
        case batches
        /// As soon as fewer than six are left ten more are fetched, at once.
        case ahead
        /// As soon as fewer than six are left ten more are fetched, after a random time of an hour on average.
        case aheadWithJitter

        var words: String {
            switch self {
            case .onDemand: "one token, fetched when it is needed"
            case .batches: "ten at a time, fetched when none is left"
            case .ahead: "ten at a time, fetched when five are left"
            case .aheadWithJitter: "the same, after an hour on average"
            }
        }
    }

    /// What was measured.
    struct Figures {
        let area: AreaUnderCurve
        /// How many of a hundred spends the best guess is right for.
        let bestGuess: Double
        /// How many of a hundred fetches are by whoever spends next to them in time, before or after.
        let neighbour: Double
    }

    private struct Event {
        let time: Double
        let fetch: Int
        let client: Int
    }

    private struct Fetch {
        let time: Double
        let client: Int
    }

    /// Clients who come `visitsPerDay` times a day each, watched for a day after a day of getting started.
    static func figures(_ habit: Habit, clients: Int, visitsPerDay: Double, seed: UInt64) -> Figures {
        var random = SplitMix(seed: seed)
        var fetches: [Fetch] = []
        var spends: [Event] = []
        for number in 0..<clients {
            var client = Client(number: number, habit: habit, random: random)
            client.live(days: 3, visitsPerDay: visitsPerDay, fetches: &fetches, spends: &spends)
            random = client.random
        }
        let watched = spends.filter { (86_400..<172_800).contains($0.time) }.shuffled(using: &random).prefix(20_000)
        let times = watched.map(\.time)
        let origins = watched.map { fetches[$0.fetch].time }
        let others = origins.shuffled(using: &random)
        return Figures(
            area: AreaUnderCurve(
                true: zip(times, origins).map(Self.score), random: zip(times, others).map(Self.score)),
            bestGuess: bestGuess(Array(watched), fetches), neighbour: neighbour(spends, fetches))
    }

    private static func bestGuess(_ spends: [Event], _ fetches: [Fetch]) -> Double {
        let sorted = fetches.enumerated().sorted { $0.element.time < $1.element.time }
        let times = sorted.map(\.element.time)
        let hits = spends.count { spend in
            let after = place(of: spend.time, in: times)
            return after > 0 && sorted[after - 1].offset == spend.fetch
        }
        return 100 * Double(hits) / Double(spends.count)
    }

    private static func neighbour(_ spends: [Event], _ fetches: [Fetch]) -> Double {
        let sorted = spends.sorted { $0.time < $1.time }
        let times = sorted.map(\.time)
        let watched = fetches.filter { (86_400..<172_800).contains($0.time) }
        let hits = watched.count { fetch in
            let after = place(of: fetch.time, in: times)
            let near = [after - 1, after].filter(sorted.indices.contains)
            let nearest = near.min { abs(times[$0] - fetch.time) < abs(times[$1] - fetch.time) }
            return nearest.map { sorted[$0].client } == fetch.client
        }
        return 100 * Double(hits) / Double(watched.count)
    }

    /// How many times are at or before one.
    private static func place(of time: Double, in times: [Double]) -> Int {
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if times[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func score(_ spend: Double, _ fetch: Double) -> Double {
        spend < fetch ? -1e9 : fetch - spend
    }

    /// One person's device.
    private struct Client {
        let number: Int
        let habit: Habit
        var random: SplitMix
        /// The fetch of each token that is left, oldest first.
        private var tokens: [Int] = []

        init(number: Int, habit: Habit, random: SplitMix) {
            (self.number, self.habit, self.random) = (number, habit, random)
        }

        mutating func live(days: Double, visitsPerDay: Double, fetches: inout [Fetch], spends: inout [Event]) {
            var now = 0.0
            var due: Double?
            while true {
                now += exponential(mean: 86_400 / visitsPerDay)
                guard now < days * 86_400 else { return }
                if let time = due, time <= now {
                    fetch(10, at: time, &fetches)
                    due = nil
                }
                if tokens.isEmpty {
                    fetch(habit == .onDemand ? 1 : 10, at: now, &fetches)
                    due = nil
                    let delay = Double.random(in: 0.05...1, using: &random)
                    spends.append(Event(time: now + delay, fetch: tokens[0], client: number))
                } else {
                    spends.append(Event(time: now, fetch: tokens[0], client: number))
                }
                tokens.removeFirst()
                guard tokens.count < 6, due == nil else { continue }
                switch habit {
                case .onDemand, .batches: break
                case .ahead: fetch(10, at: now + 0.5, &fetches)
                case .aheadWithJitter: due = now + exponential(mean: 3_600)
                }
            }
        }

        private mutating func fetch(_ count: Int, at time: Double, _ fetches: inout [Fetch]) {
            fetches.append(Fetch(time: time, client: number))
            tokens += Array(repeating: fetches.count - 1, count: count)
        }

        private mutating func exponential(mean: Double) -> Double {
            -mean * log(Double.random(in: 1e-12...1, using: &random))
        }
    }
}
