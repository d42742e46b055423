import Foundation

/// A file with a secret, which others should not be able to read.
enum PrivateFile {
    /// Warns where the mode of the file at a path lets other users at it; `name` says what the file is.
    static func warn(of path: String, called name: String) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 != 0 else { return }
        Output.warning("\(name) in \(path) is open to other users of this machine", hint: "chmod 600 \(path)")
    }
}
