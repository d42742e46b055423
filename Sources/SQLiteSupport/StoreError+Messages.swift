import Foundation
import GRDB

extension StoreError: CustomStringConvertible {
    /// One line for people: lower case, no full stop.
    package var description: String {
        switch self {
        case .locked(let directory): "another process uses \(directory)"
        case .notADirectory(let path): "\(path) is not a directory"
        case .notOwned(let directory): "\(directory) belongs to another user"
        case .notPrivate(let directory): "other users may look into \(directory)"
        case .wrongSide(let directory, let side): "\(directory) holds the database of \(side.partyName)"
        case .permissionDenied(let path): "no permission to use \(path)"
        case .readOnly(let path): "\(path) is on a read-only file system"
        case .foreignFile(let path): "\(path) is not a database of this program"
        case .notExchangeable(let directory): "\(directory) cannot be exchanged for another directory in one step"
        case .newerSchema(let path): "\(path) was written by a later version of this program"
        case .corrupt(let path): "\(path) is damaged"
        case .diskFull(let path): "no room left on the disk for \(path)"
        case .inputOutput(let path, let code): "\(path) cannot be read or written: \(Self.text(code))"
        case .busy(let path): "another program has locked \(path)"
        case .notDurable(let path): "\(path) cannot be written durably"
        case .closed(let path): "\(path) is closed"
        case .statementFailed(let path, let code): "a statement on \(path) failed: \(Self.text(code))"
        }
    }

    /// What to do about it, or `nil` where there is nothing to add; lower case, no full stop.
    package var hint: String? {
        switch self {
        case .locked: "stop that process, or use another data directory"
        case .notADirectory: "name a directory, or a path where one can be made"
        case .notOwned: "run this as the user who owns the directory"
        case .notPrivate(let directory): "use an empty directory, or run: chmod 700 \(directory)"
        case .wrongSide: "give each side a data directory of its own"
        case .permissionDenied(let path): "run this as its owner, who needs rwx there: see ls -ld \(path)"
        case .readOnly: "name a directory that can be written to"
        case .foreignFile: "name the right data directory, or move that file away"
        case .notExchangeable:
            "a directory that is a mount point cannot be: give a --data below it, or move what is in it away"
        case .newerSchema: "run the version that wrote it, or a later one"
        case .corrupt: "keep a copy of the directory, then restore the latest backup"
        case .diskFull: "free some space; nothing that was acknowledged is lost"
        case .inputOutput(_, ENOENT), .inputOutput(_, ENAMETOOLONG): "name a directory that is there or can be made"
        case .inputOutput: "look into the system's log for errors of the disk"
        case .busy: "close the program that has the database open"
        case .notDurable: "put the data directory on a local disk"
        case .closed, .statementFailed: nil
        }
    }
}

extension StoreError {
    /// What a code means: SQLite's if it is one of its errors of the disk or of a statement, else one of the system.
    private static func text(_ code: Int32) -> String {
        let primary = ResultCode(rawValue: code & 0xff)
        let isSQLite = code > 0xff || [.SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_ERROR].contains(primary)
        // GRDB's description has SQLite's words in parentheses behind the code.
        let words = primary.description.drop { $0 != "(" }.dropFirst().dropLast()
        let text = isSQLite ? String(words) : String(cString: strerror(code))
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}

extension StoreSide {
    /// The party by its name in messages.
    fileprivate var partyName: String {
        switch self {
        case .authority: "a token authority"
        case .clearing: "a clearing server"
        case .witness: "a witness"
        case .signIn: "an app with accounts"
        case .origin: "an app's backend"
        }
    }
}
