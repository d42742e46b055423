import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
@testable import ServerSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct AcceptedConnectionTests {
    @Test func aConnectionThatIsDroppedUnservedIsClosed() async throws {
        let setup = GuardedHTTPChannel(
            responder: { _, _, _ in }, limits: ConnectionLimits(), shutdownDuration: .seconds(1), certificates: nil,
            metrics: nil)
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                setup.setup(channel: channel, logger: Logger(label: "test")).map { _ in }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        try await withConnection(to: #require(listener.localAddress?.port)) { connection in
            #expect(await connection.readToEnd().isEmpty)
        }
        try await listener.close()
    }
}
