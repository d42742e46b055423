import Foundation

/// A file with a secret, which others should not be able to read.
enum PrivateFile {
    /// Writes a new file that only this user can read.
    static func create(_ text: String, at path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else {
            let code = errno
            throw CommandFailure(
                "cannot write \(path): \(String(cString: strerror(code)).lowercased())",
                hint: code == EEXIST ? "name a file that is not there yet" : "name a file in a directory of yours")
        }
        defer { close(file) }
        let bytes = Array(text.utf8)
        guard write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0 else {
            unlink(path)
            throw CommandFailure("cannot write \(path): \(String(cString: strerror(errno)).lowercased())")
        }
    }

    /// Warns where the mode of the file at a path lets other users at it; `name` says what the file is.
    static func warn(of path: String, called name: String) {
        let file = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let attributes = try? FileManager.default.attributesOfItem(atPath: file)
        guard attributes?[.type] as? FileAttributeType == .typeRegular,
            let mode = attributes?[.posixPermissions] as? Int, mode & 0o077 != 0
        else { return }
        Output.warning("\(name) in \(path) is open to other users of this machine", hint: "chmod 600 \(path)")
    }
}
