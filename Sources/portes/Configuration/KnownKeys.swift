import Yams

/// The keys that a configuration may have, so that a misspelt one is an error and not a setting that is silently
/// missing.
indirect enum KnownKeys: Sendable {
    /// Any value.
    case value
    /// A mapping with these keys.
    case mapping([String: KnownKeys])
    /// A list of such items.
    case list(KnownKeys)

    /// A mapping with these keys to plain values.
    static func names(_ names: [String]) -> KnownKeys {
        .mapping(Dictionary(uniqueKeysWithValues: names.map { ($0, .value) }))
    }

    /// Throws for the first key that is not known, and names the nearest one that is.
    func check(_ node: Node, at parents: [String], path: String) throws {
        switch (self, node) {
        case (.mapping(let known), .mapping(let mapping)):
            for (key, child) in mapping {
                let name = key.string ?? ""
                guard let next = known[name] else {
                    throw CommandFailure.usage(
                        "\(path): unknown setting \((parents + [name]).joined(separator: "."))",
                        hint: EditDistance.nearest(to: name, in: Array(known.keys)).map { "did you mean \($0)?" }
                            ?? "no setting stands here")
                }
                try next.check(child, at: parents + [name], path: path)
            }
        case (.list(let item), .sequence(let sequence)):
            for child in sequence { try item.check(child, at: parents, path: path) }
        default: break
        }
    }
}

/// How far apart two words are.
enum EditDistance {
    /// The word nearest to `word`: the fewest insertions, deletions and replacements, then the alphabet.
    static func nearest(to word: String, in candidates: [String]) -> String? {
        candidates.sorted().min { between(word, $0) < between(word, $1) }
    }

    private static func between(_ left: String, _ right: String) -> Int {
        // A word longer than any key need not be compared in full.
        let (left, right) = (Array(left.utf8.prefix(64)), Array(right.utf8.prefix(64)))
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var previous = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let substituted = previous + (a == b ? 0 : 1)
                previous = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
