import Foundation
import LibSodium
import PortesClient
import PortesClientHTTP
import PrivacyPass
import Testing

struct HTTPTokenTransportTests {
    private static let challenge =
        "PrivateToken challenge=\"\(Base64URL.encode((try? TestIssuer.challenge(origins: []).encoded) ?? []))\""

    @Test func challengesAreFetchedWithoutCookiesOrANameOfTheClient() async throws {
        let server = try RawServer(
            "HTTP/1.1 401 Unauthorized\r\nSet-Cookie: id=1; Path=/\r\nWWW-Authenticate: Basic realm=\"x\"\r\n"
                + "WWW-Authenticate: \(Self.challenge)")
        defer { server.stop() }
        let origin = try OriginClient("http://127.0.0.1:\(server.port)")
        #expect(origin.name.text == "127.0.0.1:\(server.port)")
        for _ in 0..<2 { #expect(try await origin.challenges().count == 1) }
        let requests = server.connections.flatMap { $0 }
        #expect(requests.count == 2)
        for request in requests {
            #expect(request.hasPrefix("POST /redeem HTTP/1.1\r\n"))
            let names = request.split(separator: "\r\n").dropFirst().map { $0.prefix { $0 != ":" }.lowercased() }
            #expect(Set(names).isSubset(of: ["host", "content-length", "connection"]))
        }
    }

    @Test func twoClientsNeverShareAConnection() async throws {
        let server = try RawServer("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: \(Self.challenge)")
        defer { server.stop() }
        let url = "http://127.0.0.1:\(server.port)"
        let (first, second) = (try OriginClient(url), try OriginClient(url))
        for (client, path) in [(first, "/1"), (second, "/2"), (first, "/1"), (second, "/2")] {
            _ = try await client.challenges(path: path)
        }
        let connections = server.connections.map { Set($0.compactMap { $0.split(separator: " ").dropFirst().first }) }
        #expect(connections.allSatisfy { $0.count <= 1 })
        #expect(connections.reduce(into: []) { $0.formUnion($1) } == ["/1", "/2"])
    }

    @Test func aRedirectIsNotFollowed() async throws {
        let elsewhere = try RawServer("HTTP/1.1 200 OK")
        let server = try RawServer("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:\(elsewhere.port)/")
        defer { server.stop(); elsewhere.stop() }
        let issuer = try IssuerClient("http://127.0.0.1:\(server.port)")
        await #expect(throws: IssuanceError.failed(status: 302)) { try await issuer.currentKey(for: .session) }
        #expect(elsewhere.connections.isEmpty)
    }

    @Test func anAnswerOverItsLimitIsNotRead() async throws {
        let server = try RawServer("HTTP/1.1 200 OK", body: String(repeating: "x", count: 300_000))
        defer { server.stop() }
        let issuer = try IssuerClient("http://127.0.0.1:\(server.port)")
        let failure = TransportFailure(
            "the answer is larger than 262144 bytes", hint: "check that the URL is that of a Portes server")
        await #expect(throws: IssuanceError.unreachable(failure)) { try await issuer.currentKey(for: .session) }
    }

    @Test func aServerThatIsNotThereIsToldInWords() async throws {
        let server = try RawServer("HTTP/1.1 200 OK")
        server.stop()
        let port = server.port
        let issuer = try IssuerClient("http://127.0.0.1:\(port)")
        let error = await #expect(throws: IssuanceError.self) { try await issuer.currentKey(for: .session) }
        guard case .unreachable(let failure) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(failure.text.contains("127.0.0.1:\(port)"))
        #expect(failure.hint == "check that the server runs, and its port")
    }

    @Test func whatCannotBeConfiguredIsRefused() {
        #expect(throws: ServerURL.URLError.notEncrypted) { try IssuerClient("http://issuer.example") }
        #expect(throws: ServerURL.URLError.malformed) { try OriginClient("issuer.example") }
        #expect(throws: HTTPTokenTransport.ConfigurationError.invalidProxy) {
            try OriginClient("https://issuer.example", connection: .init(proxy: "ftp://x"))
        }
        #expect(throws: HTTPTokenTransport.ConfigurationError.invalidCertificateAuthorityFile) {
            try IssuerClient("https://issuer.example", connection: .init(certificateAuthorityFile: "/nowhere"))
        }
    }
}
