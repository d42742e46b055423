import Foundation
import LibSodium

/// The terminal that controls this process.
enum Terminal {
    private static let controlC: UInt8 = 3

    /// Shows `prompt` and reads a line that is not shown; works while input and output are redirected.
    static func readLine(prompt: String) throws -> SecretBytes {
        let terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard terminal >= 0 else { throw PassphraseError.noTerminal }
        defer { close(terminal) }
        return try readLine(prompt: prompt, on: terminal)
    }

    static func readLine(prompt: String, on terminal: Int32) throws -> SecretBytes {
        var settings = termios()
        guard tcgetattr(terminal, &settings) == 0 else { throw PassphraseError.noTerminal }
        let before = settings
        // Control-C would leave the terminal silent; as the end of the line it lets us set things right first.
        settings.c_lflag &= ~tcflag_t(ECHO | ISIG)
        withUnsafeMutableBytes(of: &settings.c_cc) { $0[Int(VEOL)] = controlC }
        guard tcsetattr(terminal, TCSAFLUSH, &settings) == 0 else { throw PassphraseError.noTerminal }
        defer {
            var before = before
            tcsetattr(terminal, TCSAFLUSH, &before)
            show("\n", on: terminal)
        }
        show(prompt, on: terminal)
        var line = SecretLine(capacity: PassphraseSource.largestCount + 3)
        try line.fill(from: terminal, source: "the terminal", endingWith: [UInt8(ascii: "\n"), controlC])
        guard !line.ends(with: controlC) else { throw PassphraseError.cancelled }
        return try line.passphrase()
    }

    private static func show(_ text: String, on terminal: Int32) {
        // A prompt that cannot be shown is no reason to refuse the passphrase.
        _ = Array(text.utf8).withUnsafeBytes { write(terminal, $0.baseAddress, $0.count) }
    }
}
