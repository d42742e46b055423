/// Why a backup was not written, or is of no use. Reading one changes nothing anywhere.
package enum BackupError: Error, Sendable, Hashable {
    /// The file is no backup of this program.
    case foreign(path: String)
    /// The file is a backup of something else.
    case otherKind(path: String, holds: BackupKind)
    /// The file was written by a later version.
    case laterVersion(path: String)
    /// The file ends too early.
    case truncated(path: String)
    /// The file's bytes are not what was written.
    case corrupt(path: String)
    /// Users other than the owner may read or write the file.
    case wrongMode(path: String)
    /// The passphrase is not the one that the file was made with.
    case wrongPassphrase(path: String)
    /// There is such a file already; nothing was changed.
    case exists(path: String)
    /// What is to be backed up changed while it was read.
    case sourceChanged(path: String)
    /// A file could not be used for another reason.
    case file(KeyFileError)
}

extension BackupError: CustomStringConvertible {
    /// One line for people: lower case, no full stop.
    package var description: String {
        switch self {
        case .foreign(let path): "\(path) is no backup made by this program"
        case .otherKind(let path, let kind): "\(path) is a backup of \(kind.text)"
        case .laterVersion(let path): "\(path) is a backup made by a later version of this program"
        case .truncated(let path): "the backup \(path) is cut off"
        case .corrupt(let path): "the backup \(path) is damaged"
        case .wrongMode(let path): "other users may read or write the backup \(path)"
        case .wrongPassphrase(let path): "the passphrase does not open the backup \(path)"
        case .exists(let path): "\(path) exists already, and a backup replaces nothing"
        case .sourceChanged(let path): "\(path) changed while it was read"
        case .file(let error): error.description
        }
    }

    /// What to do about it, or `nil` where there is nothing to add; lower case, no full stop.
    package var hint: String? {
        switch self {
        case .foreign: "name a file that portes key, authority or clearing backup wrote"
        case .otherKind(_, .keys): "put it back with portes key restore"
        case .otherKind(_, .authority): "put it back with portes authority restore"
        case .otherKind(_, .clearing): "put it back with portes clearing restore"
        case .laterVersion: "run the version that made it, or a later one"
        case .truncated, .corrupt: "nothing was changed: use another copy of it, or an older backup"
        case .wrongMode(let path): "if nobody has read it, run: chmod 600 \(path)"
        case .wrongPassphrase: "give the passphrase of the time when it was made: --backup-passphrase-file, or --passphrase-file of clearing"
        case .exists: "name another file"
        case .sourceChanged: "try again"
        case .file(.notFound): "check the path; the directory must be there"
        case .file(let error): error.hint
        }
    }
}
