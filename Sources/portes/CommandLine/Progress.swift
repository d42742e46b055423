import Foundation
import Synchronization

/// A line on the terminal that says what takes a while, and how much of it is done; it goes away at the end.
///
/// Nothing is written where standard error is no terminal.
final class Progress: Sendable {
    private let words: String
    private let terminal: Int32?
    private let shown = Mutex("")

    /// Shows the line; `words` say what is being done, in so few that they fit into one line.
    init(_ words: String, on descriptor: Int32 = STDERR_FILENO) {
        self.words = words
        terminal = isatty(descriptor) == 1 ? descriptor : nil
        draw("\(words) …")
    }

    /// Shows how much is done, a share from 0 to 1.
    func show(_ share: Double) { draw("\(words): \(Int(min(max(share, 0), 1) * 100)) %") }

    /// Takes the line away.
    func end() { draw("") }

    /// Shows the line while `body` runs.
    static func during<Value>(_ words: String, _ body: (Progress) throws -> Value) rethrows -> Value {
        let progress = Progress(words)
        defer { progress.end() }
        return try body(progress)
    }

    private func draw(_ line: String) {
        guard let terminal else { return }
        shown.withLock { shown in
            guard shown != line else { return }
            shown = line
            // To the beginning of the line, and clear what stands there.
            let bytes = Array("\r\u{1b}[K\(line)".utf8)
            // A line that cannot be shown is no reason to stop.
            _ = bytes.withUnsafeBytes { write(terminal, $0.baseAddress, $0.count) }
        }
    }
}
