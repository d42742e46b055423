/// What an operation may cost at most, beside its floor of the same run.
enum BenchBar {
    /// So many times the floor.
    case ratio(Double)
    /// So many microseconds of processor time more than the floor.
    case excess(Double)

    /// The bars that there are, by the operation's name.
    static let all: [String: BenchBar] = [
        "issue-100": .ratio(1.10), "finalize-100": .ratio(1.15), "verify": .ratio(1.10), "issue-rsa": .ratio(1.05),
        "verify-rsa": .ratio(1.15), "session": .excess(40), "session-bound": .excess(40), "sign-in": .excess(40),
    ]

    /// Whether a measurement keeps to it.
    func holds(for result: BenchResult) -> Bool {
        switch self {
        case .ratio(let most): result.ratio <= most
        case .excess(let most): result.perToken - result.floorPerToken <= most
        }
    }

    /// The bar for people.
    var text: String {
        switch self {
        case .ratio(let most): "\(most)"
        case .excess(let most): "floor + \(Int(most))"
        }
    }
}
