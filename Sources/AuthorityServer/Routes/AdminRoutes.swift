import HTTPTypes
import Hummingbird
import NIOCore
import ServerSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The routes of the admin socket.
struct AdminRoutes: Sendable {
    /// The path of admin requests.
    static let path = "/admin"
    private static let largestRequest = 64 * 1024

    /// How long the answer to a revocation waits for the witnesses.
    private static let longestWait: Duration = .seconds(3)

    let authority: Authority
    let keyLog: LogPublisher
    let metrics: PrometheusMetrics
    let log: AdminLog

    func router() -> Router<ServerContext> {
        let router = ServerRouter.make()
        router.post("\(Self.path)") { request, _ in
            let body = try await request.body(upTo: Self.largestRequest)
            guard let message = try? JSONDecoder().decode(AdminRequest.self, from: Data(body.readableBytesView)) else {
                throw HTTPProblem.badRequest(
                    "this server knows no such request: command and server must be of one version")
            }
            let answer = await published(authority.handle(message), to: message)
            log.note(message, answer)
            let reply = try JSONEncoder().encode(answer)
            return Response(
                status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply)))
        }
        router.addMetrics(metrics)
        return router
    }

    /// The answer to a revocation with whether apps can know of it, once that is so or it takes long.
    private func published(_ answer: AdminReply, to request: AdminRequest) async -> AdminReply {
        guard case .revokeKey = request, case .keyRevocation(var summary) = answer else { return answer }
        summary.isPublished = try? await keyLog.isPublished(within: Self.longestWait)
        return .keyRevocation(summary)
    }
}
