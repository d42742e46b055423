import Foundation
import HTTPTransport
import Hummingbird
import NIOCore
import ServerSupport
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct TransportTests {
    private static func router() -> Router<ServerContext> {
        let router = ServerRouter.make()
        router.post("/echo") { request, _ in
            let type = request.headers[.contentType] ?? ""
            return Response(
                status: .accepted, headers: [.contentType: type],
                body: ResponseBody(byteBuffer: try await request.body(upTo: 1000)))
        }
        router.get("/fields") { request, _ in
            Response(
                status: .ok, headers: [.setCookie: "a=b; Path=/"],
                body: ResponseBody(
                    byteBuffer: ByteBuffer(string: request.headers.map { "\($0.name)" }.joined(separator: " "))))
        }
        router.get("/large") { _, _ in
            Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(repeating: 0x61, count: 1001)))
        }
        router.get("/stream") { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    for _ in 0..<1001 { try await writer.write(ByteBuffer(string: "a")) }
                    try await writer.finish(nil)
                })
        }
        router.get("/moved") { _, _ in Response(status: .found, headers: [.location: "/large"]) }
        router.get("/document") { request, _ in
            request.response(
                ByteBuffer(string: "text"), tag: EntityTag(hex: "abc"), contentType: "text/plain",
                cacheControl: "no-cache")
        }
        return router
    }

    /// Runs `body` with a transport and the URL of a server.
    private func withURL(_ body: @escaping @Sendable (HTTPTransport, String) async throws -> Void) async throws {
        try await withServer(Self.router()) { port in
            try await withTransport { try await body($0, "http://127.0.0.1:\(port)") }
        }
    }

    @Test func aRequestDoesNotShowWhatItCarries() {
        let request = HTTPTransportRequest(
            .post, .url("https://secret.example"), headers: [("authorization", "Bearer secret")],
            body: Array("secret".utf8))
        var text = "\(request)"
        dump(request, to: &text)
        #expect(!text.contains("secret") && !text.contains("115"))
    }

    @Test func aPostBringsBackStatusHeaderAndBody() async throws {
        try await withURL { transport, url in
            let response = try await transport.post(url + "/echo", contentType: "a/b", body: [0, 1, 255])
            #expect(response.status == 202)
            #expect(response.header("content-TYPE") == "a/b")
            #expect(response.body == [0, 1, 255])
        }
    }

    @Test func onlyTheHeaderFieldsThatHTTPNeedsAreSentAndCookiesAreNotKept() async throws {
        try await withURL { transport, url in
            for _ in 0..<2 {
                let response = try await transport.get(url + "/fields")
                // The host itself is not among the fields that a handler sees.
                #expect(response.text == "")
            }
        }
    }

    @Test(arguments: ["/large", "/stream"])
    func aResponseOverTheLimitIsRefused(path: String) async throws {
        try await withURL { transport, url in
            let response = try await transport.get(url + path, maximumResponseBytes: 1001)
            #expect(response.body.count == 1001)
            await #expect(throws: HTTPTransportError.responseTooLarge(limit: 1000)) {
                try await transport.get(url + path, maximumResponseBytes: 1000)
            }
        }
    }

    @Test func redirectsAreReturnedNotFollowed() async throws {
        try await withURL { transport, url in
            let response = try await transport.get(url + "/moved")
            #expect(response.status == 302)
            #expect(response.header("location") == "/large")
        }
    }

    @Test func aKnownEntityTagBrings304() async throws {
        try await withURL { transport, url in
            let first = try await transport.get(url + "/document")
            let tag = try #require(first.header("etag"))
            let second = try await transport.get(url + "/document", ifNoneMatch: tag)
            #expect(second.status == 304)
            #expect(second.body.isEmpty)
        }
    }

    @Test func aUnixSocketIsReached() async throws {
        let directory = URL(fileURLWithPath: TemporaryDirectory.newPath() + " u")
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appendingPathComponent("a%20b.sock").path
        try await withSocketServer(path, Self.router()) {
            try await withTransport { transport in
                let request = HTTPTransportRequest(
                    .post, .unixSocket(path: path, uri: "/echo"), headers: [(name: "Content-Type", value: "x/y")],
                    body: [7])
                let response = try await transport.send(request)
                #expect(response.body == [7])
            }
        }
        try await withTransport { transport in
            await #expect(throws: HTTPTransportError.refused("the socket \(path)")) {
                try await transport.send(HTTPTransportRequest(.get, .unixSocket(path: path, uri: "/")))
            }
        }
    }

    @Test func twoTransportsShareNoConnection() async throws {
        final class Count: Sendable {
            let value = Mutex(0)
            func next() { value.withLock { $0 += 1 } }
        }
        let count = Count()
        try await withRawServer { inbound, outbound in
            count.next()
            while try await inbound.head() != nil {
                try await outbound.write(ByteBuffer(string: "HTTP/1.1 204 No Content\r\n\r\n"))
            }
        } _: { port in
            try await withTransport { first in
                try await withTransport { second in
                    for _ in 0..<3 {
                        _ = try await first.get("http://127.0.0.1:\(port)/")
                        _ = try await second.get("http://127.0.0.1:\(port)/")
                    }
                }
            }
        }
        #expect(count.value.withLock { $0 } == 2)
    }
}
