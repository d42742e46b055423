import Foundation

/// Where commands write: data to standard output, words to standard error.
enum Output {
    /// Writes a line of data; throws ``OutputFailure``.
    static func data(_ line: String) throws(OutputFailure) { try write(line + "\n", to: STDOUT_FILENO) }

    /// Writes a line for people; where that cannot be done, nobody would read that either.
    static func note(_ line: String) { try? write(line + "\n", to: STDERR_FILENO) }

    /// Writes a question for people, without an end of line.
    static func prompt(_ text: String) { try? write(text, to: STDERR_FILENO) }

    /// Warns of something that was done all the same.
    static func warning(_ message: String, hint: String) {
        note("portes: warning: \(message)\nportes: hint: \(hint)")
    }

    /// Writes a value as JSON with sorted keys, indented; throws ``OutputFailure``.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        // The encoder gives an empty array three lines; no string holds a line break as it is.
        try data(String(decoding: encoder.encode(value), as: UTF8.self).replacing(/\[\s*\n\s*\]/, with: "[]"))
    }

    /// Makes writing fail with an error rather than with a signal, and keeps the numbers of closed standard
    /// descriptors from being given to files that a command opens, which its output would then go to.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest free number is this one; each is opened for what it is not used for, so its use still fails.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// Throws ``OutputFailure`` if standard output is closed or its reader is gone: for commands that hand out what
    /// exists once, before they make it. Passing says nothing about room on a disk.
    static func check() throws(OutputFailure) {
        let flags = fcntl(STDOUT_FILENO, F_GETFL)
        guard flags >= 0, flags & O_ACCMODE != O_RDONLY else { throw OutputFailure(code: EBADF, isBegun: false) }
        var state = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
        guard poll(&state, 1, 0) < 1 || state.revents & Int16(POLLERR) == 0 else {
            throw OutputFailure(code: EPIPE, isBegun: false)
        }
    }

    private static func write(_ text: String, to descriptor: Int32) throws(OutputFailure) {
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                written += count
            } else if count < 0, errno == EAGAIN {
                var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&state, 1, -1)
            } else if count == 0 || errno != EINTR {
                throw OutputFailure(code: count == 0 ? EIO : errno, isBegun: written > 0)
            }
        }
    }
}

/// Standard output cannot be written.
struct OutputFailure: Error, Equatable {
    /// The code of `errno`.
    let code: Int32
    /// Whether a part of the text was written.
    let isBegun: Bool

    /// Whether the reader went away, which is no mishap.
    var isBrokenPipe: Bool { code == EPIPE }

    /// What went wrong, lower case, without a full stop.
    var text: String {
        let reason =
            switch code {
            case EPIPE: "its reader is gone"
            case EBADF: "it is closed"
            case ENOSPC, EDQUOT: "there is no room"
            default: "a write failed (errno \(code))"
            }
        return "standard output cannot be written: \(reason)"
    }
}
