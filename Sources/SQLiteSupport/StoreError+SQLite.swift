import Foundation
import GRDB

/// A row holds something that this program never writes: thrown from a read or a write, it becomes
/// ``StoreError/corrupt(path:)``.
package struct UnreadableRow: Error {
    /// Makes the error.
    package init() {}
}

extension StoreError {
    /// What an error from SQLite means for the database at `path`.
    init(_ error: DatabaseError, path: String) {
        let code = error.extendedResultCode.rawValue
        switch error.resultCode {
        case .SQLITE_FULL: self = .diskFull(path: path)
        case .SQLITE_IOERR, .SQLITE_CANTOPEN: self = .inputOutput(path: path, code: code)
        case .SQLITE_CORRUPT: self = .corrupt(path: path)
        case .SQLITE_NOTADB: self = .foreignFile(path: path)
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path)
        case .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_AUTH: self = .permissionDenied(path: path)
        // GRDB reports a connection that was closed as misuse.
        case .SQLITE_MISUSE: self = .closed(path: path)
        default: self = .statementFailed(path: path, code: code)
        }
    }

    /// What a failed system call on `path` means; `code` is its `errno`.
    init(errno code: Int32, path: String) {
        switch code {
        case ENOTDIR, EEXIST: self = .notADirectory(path)
        case EACCES, EPERM: self = .permissionDenied(path: path)
        case EROFS: self = .readOnly(path: path)
        case ENOSPC, EDQUOT: self = .diskFull(path: path)
        default: self = .inputOutput(path: path, code: code)
        }
    }

    /// `error`, with errors of SQLite turned into errors of this type.
    static func mapped(_ error: any Error, path: String) -> any Error {
        switch error {
        case let error as DatabaseError: StoreError(error, path: path)
        case is RowDecodingError, is UnreadableRow: StoreError.corrupt(path: path)
        default: error
        }
    }
}
