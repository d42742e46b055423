import Foundation

/// Why a key directory or a file in it could not be used.
package enum KeyFileError: Error, Sendable, Hashable {
    /// There is no such file.
    case notFound(path: String)
    /// There is such a file already; nothing was changed.
    case exists(path: String)
    /// The file was changed by somebody else meanwhile; nothing was done.
    case changed(path: String)
    /// The file's bytes are not what was written.
    case corrupt(path: String)
    /// The file ends too early.
    case truncated(path: String)
    /// The passphrase is not the directory's.
    case wrongPassphrase(directory: String)
    /// Users other than the owner may read or write the file.
    case wrongMode(path: String)
    /// The file is whole, but was not written here under this name.
    case foreign(path: String)
    /// There is no room left on the disk; nothing was changed.
    case diskFull(path: String)
    /// The path is not a directory.
    case notADirectory(String)
    /// The directory or file belongs to another user of the system.
    case notOwned(path: String)
    /// The system does not let this process use the path.
    case permissionDenied(path: String)
    /// The path is on a file system that nobody may write to.
    case readOnly(path: String)
    /// The directory holds keys, but the file that says how they are sealed is gone.
    case wrappingMissing(directory: String)
    /// The file was written by a later version.
    case laterVersion(path: String)
    /// A system call failed with this `errno`.
    case inputOutput(path: String, code: Int32)
    /// There is not enough memory to derive the key from the passphrase.
    case outOfMemory

    /// What a failed system call on `path` means; `code` is its `errno`.
    init(errno code: Int32, path: String) {
        switch code {
        case ENOENT: self = .notFound(path: path)
        case EEXIST: self = .exists(path: path)
        case ENOTDIR: self = .notADirectory(path)
        case EACCES, EPERM: self = .permissionDenied(path: path)
        case EROFS: self = .readOnly(path: path)
        case ENOSPC, EDQUOT: self = .diskFull(path: path)
        // Opening a symbolic link is refused with ELOOP: this program makes none.
        case ELOOP: self = .foreign(path: path)
        default: self = .inputOutput(path: path, code: code)
        }
    }
}

extension KeyFileError: CustomStringConvertible {
    /// One line for people: lower case, no full stop.
    package var description: String {
        switch self {
        case .notFound(let path): "\(path) does not exist"
        case .exists(let path): "\(path) exists already"
        case .changed(let path): "\(path) was changed by another command meanwhile"
        case .corrupt(let path): "\(path) is damaged"
        case .truncated(let path): "\(path) is cut off"
        case .wrongPassphrase(let directory): "the passphrase does not open \(directory)"
        case .wrongMode(let path): "other users may read or write \(path)"
        case .foreign(let path): "\(path) was not written here under this name"
        case .diskFull(let path): "no room left on the disk for \(path)"
        case .notADirectory(let path): "\(path) is not a directory"
        case .notOwned(let path): "\(path) belongs to another user"
        case .permissionDenied(let path): "no permission to use \(path)"
        case .readOnly(let path): "\(path) is on a read-only file system"
        case .wrappingMissing(let directory): "\(directory) holds keys but no wrapping.json"
        case .laterVersion(let path): "\(path) was written by a later version of this program"
        case .inputOutput(let path, let code): "\(path) cannot be read or written: \(SystemError.text(code))"
        case .outOfMemory: "not enough memory to derive a key from the passphrase"
        }
    }

    /// What to do about it, or `nil` where there is nothing to add; lower case, no full stop.
    package var hint: String? {
        switch self {
        case .notFound: "name the right directory, or restore the file from a backup of it"
        case .exists: nil
        case .changed: "nothing was done: look what the other command did, and try again"
        case .corrupt, .truncated, .wrappingMissing:
            "keep a copy of the directory and restore it from a backup: portes key restore, portes clearing restore"
        case .wrongPassphrase: "each key directory has a passphrase of its own: check which one is meant"
        case .wrongMode(let path): "if nobody has read it, run: chmod 600 \(path)"
        case .foreign: "put the file back where it came from, or move it away"
        case .diskFull: "free some space and try again"
        case .notADirectory: "name a directory, or a path where one can be made"
        case .notOwned: "run this as the user who owns the key directory"
        case .permissionDenied(let path): "run this as its owner, who needs rwx there: see ls -ld \(path)"
        case .readOnly: "name a directory that can be written to"
        case .laterVersion: "run the version that wrote it, or a later one"
        case .inputOutput: "look into the system's log for errors of the disk"
        case .outOfMemory: "about 256 MiB are needed for a moment at the start"
        }
    }
}
