import Foundation

/// A path for a key directory that does not exist yet, inside a private directory that is removed on release.
final class TemporaryDirectory: Sendable {
    let path: String
    private let parent: String

    init() throws {
        parent = NSTemporaryDirectory() + "portes-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: parent, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        path = parent + "/keys"
    }

    deinit { try? FileManager.default.removeItem(atPath: parent) }

    func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? Int ?? -1) & 0o777
    }

    func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

    /// Replaces a file's bytes and keeps its mode.
    func overwrite(_ path: String, _ bytes: [UInt8]) throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(bytes))
        try handle.close()
    }
}
