package import Hummingbird
internal import HummingbirdCore
package import Logging
internal import NIOCore
internal import ServiceLifecycle

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// HTTP over a Unix socket that only this user can reach: a service that runs until graceful shutdown.
///
/// A socket file that is there already is removed, so the caller must hold the lock that makes it the only process that
/// uses this path.
package struct SocketServer: Service {
    /// The longest path that SwiftNIO takes on all systems, in bytes; Linux alone would take 107.
    package static let maximumPathLength = 103

    private let path: String
    private let core: ServerCore

    /// Prepares a server at `path`. Its directory is made with mode 0700, or set to it if it exists.
    ///
    /// Throws ``ListenError`` if the path has more than 103 bytes, or if the directory is a link, or not this user's.
    package init<Context: RequestContext>(
        path: String, router: Router<Context>, shutdownDuration: Duration = .seconds(10), logger: Logger
    ) throws where Context: InitializableFromSource<ApplicationRequestContextSource> {
        guard path.utf8.count <= Self.maximumPathLength else {
            throw ListenError.socketPathTooLong(length: path.utf8.count)
        }
        self.path = path
        try Self.makePrivate(directory: path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ".")
        core = ServerCore(
            responder: ServerCore.responder(for: router, logger: logger), limits: .local,
            shutdownDuration: shutdownDuration, certificates: nil, metrics: nil, logger: logger)
    }

    /// Listens and serves until graceful shutdown, then removes the socket file. Throws ``ListenError``.
    package func run() async throws {
        defer { unlink(path) }
        try await core.run(address: .unixDomainSocket(path: path), place: path) { [path] _ in
            guard chmod(path, 0o600) == 0 else { throw ListenError.permissionDenied(path) }
        }
    }

    /// Returns once the socket can be connected to; throws what ``run()`` throws if that never happens.
    package func waitUntilListening() async throws {
        _ = try await core.boundAddress()
    }

    private static func makePrivate(directory: String) throws {
        if mkdir(directory, 0o700) != 0, errno != EEXIST { throw ListenError.unsafeSocketDirectory(directory) }
        // The attributes are those of a link itself, so a link to a directory is refused.
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: directory),
            attributes[.type] as? FileAttributeType == .typeDirectory,
            attributes[.ownerAccountID] as? UInt == UInt(geteuid()), chmod(directory, 0o700) == 0
        else { throw ListenError.unsafeSocketDirectory(directory) }
    }
}
