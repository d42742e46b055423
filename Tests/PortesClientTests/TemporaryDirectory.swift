import Foundation

/// A private directory that is removed on release.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/portes-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var walletPath: String { path + "/wallet" }

    /// Keeps the wallet from being written: not even root can open a directory for writing.
    func obstruct() throws {
        try FileManager.default.createDirectory(atPath: walletPath + ".new", withIntermediateDirectories: true)
    }

    func bytes(_ name: String = "wallet") throws -> [UInt8] {
        try Array(Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
    }

    func write(_ bytes: [UInt8], to name: String = "wallet") throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
    }
}
