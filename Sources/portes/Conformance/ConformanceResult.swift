/// How the vectors of one file came out.
struct ConformanceResult: Encodable {
    let file: String
    private(set) var passed = 0
    private(set) var failed = 0
    private(set) var skipped = 0
    /// How many of those that passed could not be checked whole.
    private(set) var inPart = 0
    /// What went wrong, a line a vector.
    private(set) var failures: [String] = []
    /// What could not be checked of vectors that passed, a line a vector.
    private(set) var notes: [String] = []

    private enum CodingKeys: String, CodingKey {
        case file, passed, failed, skipped, failures, notes
        case inPart = "passed-in-part"
    }

    init(file: String) { self.file = file }

    /// The counts in words.
    var counts: String {
        let part = inPart > 0 ? " (\(inPart) in part)" : ""
        return "\(passed) passed\(part), \(failed) failed, \(skipped) skipped"
    }

    /// Whether the file held nothing to check.
    var isEmpty: Bool { passed + failed + skipped == 0 }

    mutating func record(_ outcome: ConformanceOutcome, vector: String) {
        switch outcome {
        case .passed(let unchecked):
            passed += 1
            guard let unchecked else { return }
            inPart += 1
            notes.append("\(vector): \(unchecked)")
        case .skipped: skipped += 1
        case .failed(let reason):
            failed += 1
            failures.append("\(vector): \(reason)")
        }
    }

    func adding(_ other: ConformanceResult) -> ConformanceResult {
        var sum = self
        sum.passed += other.passed
        sum.failed += other.failed
        sum.skipped += other.skipped
        sum.failures += other.failures
        sum.inPart += other.inPart
        sum.notes += other.notes
        return sum
    }
}

/// How one vector came out.
enum ConformanceOutcome: Equatable {
    /// Everything came out as given, but for what could not be checked, in words.
    case passed(unchecked: String? = nil)
    case failed(String)
    /// The vector is of something that this build does not implement.
    case skipped
}

/// A vector's value differs from what this build computes, or cannot be read.
struct ConformanceMismatch: Error {
    let field: String

    init(_ field: String) { self.field = field }
}

/// Throws unless the condition holds.
func require(_ condition: Bool, _ field: String) throws(ConformanceMismatch) {
    guard condition else { throw ConformanceMismatch(field) }
}
