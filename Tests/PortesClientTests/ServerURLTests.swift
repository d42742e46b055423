import PrivacyPass
import Testing

@testable import PortesClient

struct ServerURLTests {
    @Test(arguments: [
        ("https://issuer.example", "issuer.example"), ("https://issuer.example/", "issuer.example"),
        ("https://Issuer.Example:8443", "issuer.example:8443"), ("https://issuer.example:443", "issuer.example"),
        ("HTTPS://issuer.example", "issuer.example"), ("http://localhost:8080", "localhost:8080"),
        ("http://localhost:80", "localhost"), ("http://127.0.0.1:9", "127.0.0.1:9"), ("http://[::1]:9", "[::1]:9"),
        ("http://LOCALHOST", "localhost"), ("http://127.255.1.2", "127.255.1.2"),
    ])
    func aServerHasAName(text: String, name: String) throws {
        #expect(try ServerURL(text).name.text == name)
    }

    @Test(arguments: [
        "http://issuer.example", "http://127.evil.example", "http://127.0.0.1.evil.example", "http://localhost.example",
        "http://127.0.0", "http://127.0.0.0256", "http://127.0.0.010", "http://127.0.0.256", "http://[::2]",
        "ftp://localhost", "javascript://localhost", "http://0.0.0.0", "http://128.0.0.1",
    ])
    func whatIsNotEncryptedIsRefused(text: String) {
        #expect(throws: ServerURL.URLError.notEncrypted) { try ServerURL(text) }
    }

    @Test(arguments: [
        "", "issuer.example", "https://", "https:///x", "https://user@issuer.example", "https://issuer.example/path",
        "https://issuer.example?q", "https://issuer.example#f", "https://issuer.example//", "https://issuer.example:0",
        "https://issuer.example:99999", "https://issuer.example\\@evil.example", "https://iss uer.example",
        "https://issuer.example\r\n", "http://localhost@evil.example", "https://issüer.example",
    ])
    func whatIsNoServerIsRefused(text: String) {
        #expect(throws: ServerURL.URLError.malformed) { try ServerURL(text) }
    }

    @Test(arguments: [
        ("/token-request", "https://issuer.example/token-request"),
        ("token-request", "https://issuer.example/.well-known/token-request"),
        ("https://other.example/issue?x=1", "https://other.example/issue?x=1"),
        ("//other.example/issue", "https://other.example/issue"),
    ])
    func aReferenceIsResolvedAgainstTheDirectory(reference: String, url: String) throws {
        let server = try ServerURL("https://issuer.example")
        #expect(server.resolve(reference, relativeTo: IssuerDirectory.path) == url)
    }

    @Test(arguments: ["http://localhost/issue", "http://issuer.example/issue", "ftp://x/y", "file:///etc/passwd"])
    func aReferenceNeverLeavesEncryption(reference: String) throws {
        let server = try ServerURL("https://issuer.example")
        #expect(server.resolve(reference, relativeTo: IssuerDirectory.path) == nil)
    }
}
