import Foundation
import HTTPTransport
import Hummingbird
import ServerSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct TLSTests {
    private static func router() -> Router<ServerContext> {
        let router = ServerRouter.make()
        router.get("/hello") { _, _ in "hello" }
        return router
    }

    /// A certificate for `name` that nobody vouches for, made with the `openssl` command, for as long as `body` runs.
    private func withCertificate(
        _ name: String, days: Int = 2, _ body: (TLSFiles) async throws -> Void
    ) async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let files = TLSFiles(certificateChain: directory.path + "/chain.pem", privateKey: directory.path + "/key.pem")
        let openssl = Process()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        openssl.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "\(days)", "-subj", "/CN=test", "-addext", "subjectAltName=\(name)", "-keyout", files.privateKey,
            "-out", files.certificateChain,
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        try #require(openssl.terminationStatus == 0)
        try await body(files)
    }

    @Test func aCertificateFromTheGivenFileIsTrusted() async throws {
        try await withCertificate("IP:127.0.0.1,DNS:localhost") { files in
            try await withServer(Self.router(), tls: files) { port in
                try await withTransport(certificateAuthorityFile: files.certificateChain) { transport in
                    for host in ["localhost", "127.0.0.1"] {
                        let response = try await transport.get("https://\(host):\(port)/hello")
                        #expect(response.text == "hello")
                    }
                }
            }
        }
    }

    @Test func httpsAlsoGoesThroughAProxy() async throws {
        let log = ProxyLog()
        try await withCertificate("IP:127.0.0.1") { files in
            try await withServer(Self.router(), tls: files) { port in
                try await withConnectProxy(log) { proxy in
                    try await withTransport(proxy: proxy, certificateAuthorityFile: files.certificateChain) {
                        transport in
                        let response = try await transport.get("https://127.0.0.1:\(port)/hello")
                        #expect(response.text == "hello")
                    }
                }
                #expect(log.all == ["127.0.0.1:\(port)"])
            }
        }
    }

    @Test func aCertificateThatNobodyVouchesForIsRefused() async throws {
        try await withCertificate("IP:127.0.0.1") { files in
            try await withServer(Self.router(), tls: files) { port in
                try await withTransport { transport in
                    let host = "127.0.0.1:\(port)"
                    await #expect(
                        throws: HTTPTransportError.tlsFailed(host: host, reason: "the certificate is not trusted")
                    ) {
                        try await transport.get("https://\(host)/hello")
                    }
                }
            }
        }
    }

    @Test(arguments: ["IP:127.0.0.2", "DNS:localhost"])
    func aCertificateForAnotherHostIsRefused(name: String) async throws {
        try await withCertificate(name) { files in
            try await withServer(Self.router(), tls: files) { port in
                try await withTransport(certificateAuthorityFile: files.certificateChain) { transport in
                    await #expect {
                        try await transport.get("https://127.0.0.1:\(port)/hello")
                    } throws: { error in
                        if case HTTPTransportError.tlsFailed = error { true } else { false }
                    }
                }
            }
        }
    }

    @Test func aServerThatSpeaksNoTLSIsReported() async throws {
        try await withServer(Self.router()) { port in
            try await withTransport { transport in
                await #expect {
                    try await transport.get("https://127.0.0.1:\(port)/hello")
                } throws: { error in
                    if case HTTPTransportError.tlsFailed = error { true } else { false }
                }
            }
        }
    }

    @Test func aFileWithoutCertificatesIsRefused() throws {
        #expect(throws: HTTPTransportError.invalidCertificateAuthorityFile) {
            try HTTPTransport(certificateAuthorityFile: "/nowhere")
        }
        #expect(throws: HTTPTransportError.invalidCertificateAuthorityFile) {
            try HTTPTransport(certificateAuthorityFile: "/etc/passwd")
        }
    }
}
