import AuthorityServer
import Foundation
import HTTPTransport
import SQLiteSupport

/// Carries admin requests to the authority: through the admin socket where a server runs, else to the database.
///
/// The lock of the data directory tells which of the two it is.
struct AdminConnection {
    /// For how long lock and socket are tried while somebody has the one and nobody answers at the other.
    ///
    /// Longer than another command takes to derive its key on a busy machine.
    private static let patience: Duration = .seconds(30)
    private static let pause: Duration = .milliseconds(50)

    private let files: AuthorityFiles
    private var data: String { files.data }

    init(_ options: AdminOptions) throws { self.init(try AuthorityFiles(options)) }

    init(_ files: AuthorityFiles) { self.files = files }

    /// Whether there is an authority to ask, and not only a place for one.
    var hasAuthority: Bool { files.hasDatabase }

    /// Sends a request and gives the reply.
    func perform(_ request: AdminRequest) async throws -> AdminReply {
        if !request.isFirst, !FileManager.default.fileExists(atPath: data) {
            throw CommandFailure(
                "there is no authority in \(data)",
                hint: "name its directory with --data or PORTES_DATA, or begin with portes key create")
        }
        let clock = ContinuousClock()
        let end = clock.now + Self.patience
        while true {
            do {
                return try await performOnFiles(request)
            } catch let locked as StoreError {
                guard case .locked = locked else { throw locked }
            }
            do {
                return try await performThroughSocket(request)
            } catch HTTPTransportError.refused where clock.now < end {
                // Who has the lock has no socket: a short command, or a server that does not listen yet.
                try await clock.sleep(for: Self.pause)
            }
        }
    }

    private func performOnFiles(_ request: AdminRequest) async throws -> AdminReply {
        let opened = try await OffPool.run { [files] in 
            try files.open(withKeys: request.needsKeys, toleratingMissing: request.toleratesMissingKeys)
        }
        let reply = await opened.authority.handle(request)
        try await OffPool.run {
            if case .refused = reply { return opened.undo() }
            try opened.authority.close()
        }
        return reply
    }

    private func performThroughSocket(_ request: AdminRequest) async throws -> AdminReply {
        let transport = try HTTPTransport()
        let message = try JSONEncoder().encode(request)
        let result: Result<HTTPTransportResponse, HTTPTransportError>
        do {
            result = .success(
                try await transport.send(
                    HTTPTransportRequest(
                        .post, .unixSocket(path: DataDirectory.socketPath(in: data), uri: "/admin"),
                        headers: [("content-type", "application/json")], body: Array(message),
                        maximumResponseBytes: 64 * 1024 * 1024, timeout: .seconds(60))))
        } catch {
            result = .failure(error)
        }
        await transport.shutdown()
        let response = try result.get()
        guard response.status == 200,
            let reply = try? JSONDecoder().decode(AdminReply.self, from: Data(response.body))
        else {
            throw CommandFailure(
                "the running server did not understand the command", hint: "command and server must be of one version")
        }
        return reply
    }
}

extension AdminRequest {
    /// Whether it is a sensible first command, which may make the data directory.
    fileprivate var isFirst: Bool { if case .createKey = self { true } else { false } }
}
