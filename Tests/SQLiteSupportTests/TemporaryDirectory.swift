import Foundation

/// A path for a data directory that does not exist yet, inside a private directory that is removed on release.
final class TemporaryDirectory: Sendable {
    let path: String
    private let parent: String

    init() throws {
        parent = NSTemporaryDirectory() + "/portes-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: parent, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        path = parent + "/data"
    }

    deinit { try? FileManager.default.removeItem(atPath: parent) }

    func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? Int ?? -1) & 0o777
    }
}
