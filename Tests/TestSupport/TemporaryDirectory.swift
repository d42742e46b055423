import Foundation

/// A path at which there is nothing yet, inside a private directory that is removed on release.
package final class TemporaryDirectory: Sendable {
    /// The path.
    package let path: String
    private let parent: String

    /// Where directories for tests belong: the system's place, unless its path leaves no room for that of a socket,
    /// which has at most 103 bytes.
    package static var root: String {
        let place = NSTemporaryDirectory()
        return place.utf8.count <= 60 ? place : "/tmp"
    }

    /// A name in ``root`` that nobody else has.
    package static func newPath() -> String { root + "/p-" + UUID().uuidString.prefix(8) }

    /// Makes the directory around the path.
    package init() throws {
        parent = Self.newPath()
        try FileManager.default.createDirectory(
            atPath: parent, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        path = parent + "/data"
    }

    deinit { try? FileManager.default.removeItem(atPath: parent) }

    /// The permissions of a file.
    package func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? Int ?? -1) & 0o777
    }

    /// What is in a file.
    package func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

    /// Replaces a file's bytes and keeps its mode.
    package func overwrite(_ path: String, _ bytes: [UInt8]) throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(bytes))
        try handle.close()
    }
}
