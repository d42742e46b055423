import Foundation

/// Where the demo keeps its files.
struct DemoDirectory {
    let root: URL
    private let isTemporary: Bool

    /// Uses a directory, or a temporary one that ``remove()`` takes away; makes the passphrase file.
    init(_ path: String?) throws {
        isTemporary = path == nil
        root = try path.map { URL(filePath: $0) } ?? DemoDirectory.makeTemporary()
        try FileManager.default.createDirectory(
            at: root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        if !FileManager.default.fileExists(atPath: passphraseFile) {
            try write("\(UUID().uuidString)\n", to: "passphrase")
        }
    }

    /// A new directory with a name that nobody could have guessed, for this user alone.
    private static func makeTemporary() throws -> URL {
        var template = Array(URL.temporaryDirectory.appending(path: "portes-demo-XXXXXX").path.utf8CString)
        guard mkdtemp(&template) != nil else { throw CommandFailure("cannot make a temporary directory") }
        let path = template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return URL(filePath: String(decoding: path, as: UTF8.self))
    }

    var authorityData: String { root.appending(path: "authority").path }
    var clearingData: String { root.appending(path: "clearing").path }
    var keys: String { root.appending(path: "keys").path }
    var passphraseFile: String { root.appending(path: "passphrase").path }

    /// What a server wrote to standard output and standard error, where that is kept.
    func transcript(of server: String) -> String { root.appending(path: server + ".log").path }

    /// What every admin command of the demo is told.
    var adminFlags: [String] { ["--data", authorityData, "--keys", keys, "--passphrase-file", passphraseFile] }

    /// Writes a file that only this user can read, and gives its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let path = root.appending(path: name).path
        guard
            FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else { throw CommandFailure("cannot write \(path)") }
        return path
    }

    /// Removes the directory if it is a temporary one.
    func remove() { if isTemporary { try? FileManager.default.removeItem(at: root) } }
}
