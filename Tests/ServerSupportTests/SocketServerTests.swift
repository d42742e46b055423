import AsyncHTTPClient
import Foundation
import Hummingbird
import Logging
import NIOCore
import ServerSupport
import ServiceLifecycle
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct SocketServerTests {
    private let directory = URL(fileURLWithPath: TemporaryDirectory.newPath())
    private let logger = Logger(label: "test")

    private func server(_ path: String) throws -> SocketServer {
        let router = ServerRouter.make()
        router.get("/hello") { _, _ in "hello" }
        return try SocketServer(path: path, router: router, logger: logger)
    }

    private func mode(_ path: String) throws -> Int? {
        try (FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)?.intValue
    }

    @Test func onlyThisUserReachesTheSocketAndItIsGoneAfterwards() async throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appendingPathComponent("admin.sock").path
        // Whatever was left by an earlier process does not matter: the caller holds the lock.
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: directory.path)
        let server = try server(path)
        #expect(try mode(directory.path) == 0o700)
        let group = ServiceGroup(services: [server], logger: logger)
        async let end: Void = group.run()
        try await server.waitUntilListening()
        #expect(try mode(path) == 0o600)
        let url = try #require(URL(httpURLWithSocketPath: path, uri: "/hello"))
        let response = try await HTTPClient.shared.execute(
            HTTPClientRequest(url: url.absoluteString), timeout: .seconds(60))
        #expect(try await String(buffer: response.body.collect(upTo: 100)) == "hello")
        await group.triggerGracefulShutdown()
        try await end
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func theDirectoryIsMadeForThisUserAlone() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        _ = try server(directory.appendingPathComponent("admin.sock").path)
        #expect(try mode(directory.path) == 0o700)
    }

    @Test func aSocketFileLeftBehindIsReplaced() async throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let path = directory.appendingPathComponent("admin.sock").path
        let stale = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(stale, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(bound == 0)
        close(stale)
        let server = try server(path)
        let group = ServiceGroup(services: [server], logger: logger)
        async let end: Void = group.run()
        try await server.waitUntilListening()
        await group.triggerGracefulShutdown()
        try await end
    }

    @Test func aPathThatIsTooLongIsReportedAsSuch() async throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.path + "/" + String(repeating: "a", count: 102 - directory.path.utf8.count)
        #expect(throws: ListenError.socketPathTooLong(length: 104)) { try server(path + "a") }
        let longest = try server(path)
        let group = ServiceGroup(services: [longest], logger: logger)
        async let end: Void = group.run()
        try await longest.waitUntilListening()
        await group.triggerGracefulShutdown()
        try await end
    }

    @Test func aLinkOrAFileInPlaceOfTheDirectoryIsRefused() throws {
        let target = directory.path + "-target"
        defer { for path in [target, directory.path] { try? FileManager.default.removeItem(atPath: path) } }
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: directory.path, withDestinationPath: target)
        let refused = ListenError.unsafeSocketDirectory(directory.path)
        #expect(throws: refused) { try server(directory.path + "/admin.sock") }
        try FileManager.default.removeItem(atPath: directory.path)
        try Data().write(to: directory)
        #expect(throws: refused) { try server(directory.path + "/admin.sock") }
    }
}
