internal import Hummingbird
internal import KeyTransparency
internal import NIOCore
internal import ServerSupport
internal import WitnessStore

/// What commands ask a running witness, through the socket in its data directory.
package struct AdminRoutes: Sendable {
    /// Answers with the verifier key, one line.
    package static let identityPath = "/identity"
    /// Answers with the logs as ``WitnessedLogList`` writes them.
    package static let logsPath = "/logs"

    let database: WitnessDatabase

    func add(to router: Router<ServerContext>) {
        router.get(RouterPath(Self.identityPath)) { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: database.verificationKey.verifierKey + "\n")))
        }
        router.get(RouterPath(Self.logsPath)) { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: WitnessedLogList(try await database.logs()).encoded)))
        }
    }
}
