import HTTPTransport
import Hummingbird
import NIOCore
import ServerSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct ProxyTests {
    private static func router() -> Router<ServerContext> {
        let router = ServerRouter.make()
        router.get("/hello") { _, _ in "hello" }
        return router
    }

    @Test func aRequestGoesThroughAConnectProxy() async throws {
        let log = ProxyLog()
        try await withServer(Self.router()) { port in
            try await withConnectProxy(log) { proxy in
                try await withTransport(proxy: proxy) { transport in
                    let response = try await transport.get("http://127.0.0.1:\(port)/hello")
                    #expect(response.text == "hello")
                }
            }
            #expect(log.all == ["127.0.0.1:\(port)"])
        }
    }

    @Test func aRequestGoesThroughASOCKSProxy() async throws {
        let log = ProxyLog()
        try await withServer(Self.router()) { port in
            try await withSOCKSProxy(log) { proxy in
                try await withTransport(proxy: proxy) { transport in
                    let response = try await transport.get("http://127.0.0.1:\(port)/hello")
                    #expect(response.text == "hello")
                }
            }
            #expect(log.all == ["127.0.0.1:\(port)"])
        }
    }

    @Test func namesAreLookedUpByTheProxyAndItsRefusalIsReported() async throws {
        let log = ProxyLog()
        try await withConnectProxy(log) { proxy in
            try await withTransport(proxy: proxy) { transport in
                await #expect(throws: HTTPTransportError.proxyRefused) {
                    try await transport.get("https://host.invalid/")
                }
            }
        }
        try await withSOCKSProxy(log) { proxy in
            try await withTransport(proxy: proxy) { transport in
                await #expect(throws: HTTPTransportError.proxyRefused) {
                    try await transport.get("https://host.invalid/")
                }
            }
        }
        #expect(log.all == ["host.invalid:443", "host.invalid:443"])
    }

    @Test(arguments: ["http", "socks5"])
    func aProxyThatIsNotThereIsNotMistakenForTheHost(scheme: String) async throws {
        // Port 1 of this machine: nobody listens there.
        try await withTransport(proxy: ProxyAddress("\(scheme)://127.0.0.1:1")) { transport in
            await #expect(throws: HTTPTransportError.proxyFailed) { try await transport.get("https://example.com/") }
        }
    }

    @Test(arguments: [
        ("http", "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", .proxyRefused),
        ("http", "HTTP/1.1 502 Bad Gateway\r\n\r\n", .proxyRefused), ("socks5", "\u{5}\u{7f}", .proxyFailed),
        ("socks5", "SSH-2.0-OpenSSH_9.2\r\n", .proxyFailed),
    ] as [(String, String, HTTPTransportError)])
    func aProxyThatRefusesIsToldFromWhatIsNoProxy(
        scheme: String, answer: String, error: HTTPTransportError
    ) async throws {
        try await withRawServer { inbound, outbound in
            _ = try await inbound.next()
            try await outbound.write(ByteBuffer(string: answer))
            _ = try await inbound.next()
        } _: { port in
            try await withTransport(proxy: ProxyAddress("\(scheme)://127.0.0.1:\(port)")) { transport in
                await #expect(throws: error) { try await transport.get("https://example.com/") }
            }
        }
    }

    @Test func plainHTTPDoesNotGoThroughAProxyOnAnotherMachine() async throws {
        try await withTransport(proxy: ProxyAddress("socks5://proxy.example.com:1080")) { transport in
            await #expect(throws: HTTPTransportError.plainHTTP(host: "127.0.0.1:80")) {
                try await transport.get("http://127.0.0.1:80/")
            }
        }
    }

    @Test func proxiesAreRead() throws {
        #expect(try ProxyAddress("http://proxy.example.com:3128").kind == .http)
        let tor = try ProxyAddress("socks5://[::1]:9050")
        #expect(tor.kind == .socks5 && tor.host == "::1" && tor.port == 9050)
    }

    @Test(arguments: [
        "", "proxy:3128", "http://proxy", "https://proxy:3128", "http://proxy:0", "http://proxy:65536", "http://:3128",
        "http://user:password@proxy:3128", "http://proxy:3128/path", "http://proxy:3128?q", "socks4://proxy:1080",
    ])
    func whatIsNoProxyIsRefused(text: String) {
        #expect(throws: HTTPTransportError.invalidProxy) { try ProxyAddress(text) }
    }
}
