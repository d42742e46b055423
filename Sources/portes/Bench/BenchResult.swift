/// How long one operation took beside its floor.
struct BenchResult: Encodable {
    let name: String
    /// Microseconds of processor time a token.
    let perToken: Double
    /// Microseconds of processor time a token of the bare libsodium calls.
    let floorPerToken: Double
    /// The median over rounds of one divided by the other.
    let ratio: Double

    private enum CodingKeys: String, CodingKey {
        case name
        case perToken = "us_per_token"
        case floorPerToken = "floor_us_per_token"
        case ratio
    }

    /// A result from medians that were measured each for itself.
    init(name: String, perToken: Double, floorPerToken: Double) {
        self.init(name: name, perToken: perToken, floorPerToken: floorPerToken, ratio: perToken / floorPerToken)
    }

    init(name: String, perToken: Double, floorPerToken: Double, ratio: Double) {
        self.name = name
        self.perToken = perToken
        self.floorPerToken = floorPerToken
        self.ratio = ratio
    }

    /// Measures an operation that makes `count` tokens against its floor: `rounds` rounds, the two in turn, each after
    /// a preparation that is not measured.
    static func measure(
        _ name: String, count: Int, rounds: Int, preparation: () throws -> Void = {},
        operation: () async throws -> Void, floor: () -> Void
    ) async rethrows -> BenchResult {
        var times: [Double] = []
        var floors: [Double] = []
        for _ in 0..<rounds {
            let floorWatch = Stopwatch()
            floor()
            floors.append(floorWatch.microseconds / Double(count))
            try preparation()
            let watch = Stopwatch()
            try await operation()
            times.append(watch.microseconds / Double(count))
        }
        return BenchResult(
            name: name, perToken: times.median, floorPerToken: floors.median,
            ratio: zip(times, floors).map { $0 / $1 }.median)
    }
}
