/// Why a data directory or its database could not be used.
package enum StoreError: Error, Sendable, Hashable {
    /// Another process holds the directory's lock.
    case locked(directory: String)
    /// The path is not a directory, or one of its parents is not.
    case notADirectory(String)
    /// The directory belongs to another user of the system.
    case notOwned(directory: String)
    /// The directory holds other files and lets other users in.
    case notPrivate(directory: String)
    /// The directory holds the database of the other side.
    case wrongSide(directory: String, holds: StoreSide)
    /// The system does not let this process use the path.
    case permissionDenied(path: String)
    /// The path is on a file system that nobody may write to.
    case readOnly(path: String)
    /// The file is not a database of this side.
    case foreignFile(path: String)
    /// The directory cannot be exchanged for another one in one step.
    case notExchangeable(directory: String)
    /// The database was written by a later version.
    case newerSchema(path: String)
    /// The database is damaged.
    case corrupt(path: String)
    /// There is no room left on the disk.
    case diskFull(path: String)
    /// Reading or writing failed below SQLite; `code` is SQLite's extended result code or `errno`.
    case inputOutput(path: String, code: Int32)
    /// Another program holds SQLite's own lock.
    case busy(path: String)
    /// SQLite does not take the settings without which a power cut could lose a commit.
    case notDurable(path: String)
    /// The database was closed.
    case closed(path: String)
    /// A statement failed for another reason: a mistake in this program. `code` is SQLite's extended result code.
    case statementFailed(path: String, code: Int32)

    /// Whether the same request may succeed later without anybody changing the request: a server answers 503.
    package var isTemporary: Bool {
        switch self {
        case .diskFull, .inputOutput, .busy, .closed: true
        default: false
        }
    }
}
