import AsyncHTTPClient
import Foundation
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOSSL
import ServerSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct TLSTests {
    private static func router() -> Router<ServerContext> {
        let router = ServerRouter.make()
        router.get("/hello") { _, _ in "hello" }
        router.post("/echo") { request, _ in
            Response(status: .ok, body: ResponseBody(byteBuffer: try await request.body(upTo: 100)))
        }
        return router
    }

    @Test func aServerWithACertificateSpeaksHTTPS() async throws {
        let certificate = try TestCertificate()
        defer { certificate.remove() }
        try await withServer(Self.router(), tls: certificate.files) { port in
            var configuration = HTTPClient.Configuration()
            configuration.tlsConfiguration = .makeClientConfiguration()
            configuration.tlsConfiguration?.additionalTrustRoots = [.file(certificate.chainPath)]
            try await HTTPClient.withHTTPClient(configuration: configuration) { client in
                let request = HTTPClientRequest(url: "https://localhost:\(port)/hello")
                let response = try await client.execute(request, timeout: .seconds(60))
                #expect(try await String(buffer: response.body.collect(upTo: 100)) == "hello")
                var large = HTTPClientRequest(url: "https://localhost:\(port)/echo")
                large.method = .POST
                large.body = .bytes(ByteBuffer(repeating: 0x61, count: 10 << 20))
                #expect(try await client.execute(large, timeout: .seconds(60)).status == .payloadTooLarge)
            }
        }
    }

    @Test func newConnectionsGetAReplacedCertificate() async throws {
        let certificate = try TestCertificate()
        let other = try TestCertificate()
        defer {
            certificate.remove()
            other.remove()
        }
        let first = try certificate.certificate()
        try await withServer(Self.router(), tls: certificate.files) { port in
            #expect(try await shownCertificate(at: port) == first)
            try certificate.take(from: other)
            let second = try other.certificate()
            #expect(try await eventually { try await shownCertificate(at: port) == second })
        }
    }

    @Test func aBrokenPairLeavesTheOldOneInUseUntilItIsMended() async throws {
        let certificate = try TestCertificate()
        let other = try TestCertificate()
        defer {
            certificate.remove()
            other.remove()
        }
        let first = try certificate.certificate()
        try await withServer(Self.router(), tls: certificate.files) { port in
            try certificate.take(key: false, from: other)
            let end = ContinuousClock.now + .milliseconds(200)
            while ContinuousClock.now < end { #expect(try await shownCertificate(at: port) == first) }
            try certificate.take(chain: false, from: other)
            let second = try other.certificate()
            #expect(try await eventually { try await shownCertificate(at: port) == second })
        }
    }

    @Test func aServerDoesNotStartWithFilesItCannotUse() async throws {
        let certificate = try TestCertificate()
        let other = try TestCertificate()
        defer {
            certificate.remove()
            other.remove()
        }
        func start(_ chain: String, _ key: String) async throws {
            try await withServer(Self.router(), tls: TLSFiles(certificateChain: chain, privateKey: key)) { _ in }
        }
        await #expect(throws: TLSFilesError.keyDoesNotMatch) {
            try await start(certificate.chainPath, other.keyPath)
        }
        await #expect(throws: TLSFilesError.unusableCertificate(path: "/nowhere")) {
            try await start("/nowhere", certificate.keyPath)
        }
        await #expect(throws: TLSFilesError.unusableKey(path: certificate.chainPath)) {
            try await start(certificate.chainPath, certificate.chainPath)
        }
    }

    @Test(arguments: ["", "\u{16}\u{3}\u{1}\u{2}"])
    func aHandshakeThatDoesNotComeIsClosed(bytes: String) async throws {
        let certificate = try TestCertificate()
        defer { certificate.remove() }
        let metrics = PrometheusMetrics()
        var limits = ConnectionLimits()
        limits.headDeadline = .milliseconds(150)
        try await withServer(Self.router(), limits: limits, tls: certificate.files, metrics: metrics) { port in
            try await withConnection(to: port) { connection in
                await connection.send(bytes)
                _ = await connection.readToEnd()
            }
            #expect(try await eventually { metrics.render().contains("portes_http_connections 0\n") })
        }
        #expect(metrics.render().contains("portes_http_connections_cut_total{reason=\"head\"} 1\n"))
    }

    @Test func bytesThatAreNoTLSAreClosed() async throws {
        let certificate = try TestCertificate()
        defer { certificate.remove() }
        try await withServer(Self.router(), tls: certificate.files) { port in
            try await withConnection(to: port) { connection in
                await connection.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(await !connection.readToEnd().contains("hello"))
            }
        }
    }
}
