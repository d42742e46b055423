import Foundation

/// Keeps a second backup of one data directory away, until this value goes.
final class BackupLock: Sendable {
    private let lock: Int32

    /// Takes the lock of a data directory; throws where another backup of it is being made.
    init(_ data: String) throws {
        let path = data + "/backup.lock"
        lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else {
            throw CommandFailure("cannot write into \(data)", hint: "run this as the user who owns the data directory")
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw CommandFailure("another backup of \(data) is being made", hint: "wait until it is done")
        }
    }

    deinit { close(lock) }
}
