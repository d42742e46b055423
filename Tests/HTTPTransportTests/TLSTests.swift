import Foundation
import HTTPTransport
import Hummingbird
import ServerSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct TLSTests {
    private static func router() -> Router<ServerContext> {
        let router = ServerRouter.make()
        router.get("/hello") { _, _ in "hello" }
        return router
    }

    /// A certificate for `name` that nobody vouches for, made with the `openssl` command, for as long as `body` runs;
    /// valid now, or from the beginning of one year to that of another.
    private func withCertificate(
        _ name: String, from: String? = nil, until: String? = nil, _ body: (TLSFiles) async throws -> Void
    ) async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let files = TLSFiles(certificateChain: directory.path + "/chain.pem", privateKey: directory.path + "/key.pem")
        let new = [
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=test",
            "-keyout", files.privateKey,
        ]
        if let from, let until {
            let request = directory.path + "/request.pem"
            try openssl(new + ["-new", "-out", request])
            let settings = """
                [ca]
                default_ca = own
                [own]
                database = \(directory.path)/index
                new_certs_dir = \(directory.path)
                default_md = sha256
                rand_serial = yes
                policy = any
                x509_extensions = names
                [any]
                commonName = supplied
                [names]
                subjectAltName = \(name)
                """
            try settings.write(toFile: directory.path + "/settings", atomically: true, encoding: .utf8)
            try "".write(toFile: directory.path + "/index", atomically: true, encoding: .utf8)
            try openssl([
                "ca", "-batch", "-selfsign", "-notext", "-config", directory.path + "/settings", "-keyfile",
                files.privateKey, "-in", request, "-out", files.certificateChain, "-startdate", "\(from)0101000000Z",
                "-enddate", "\(until)0101000000Z",
            ])
        } else {
            try openssl(
                new + ["-x509", "-days", "2", "-addext", "subjectAltName=\(name)", "-out", files.certificateChain])
        }
        try await body(files)
    }

    private func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
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
                        throws: HTTPTransportError.tlsFailed(host: host, reason: .untrusted)
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
                    let host = "127.0.0.1:\(port)"
                    await #expect(throws: HTTPTransportError.tlsFailed(host: host, reason: .otherHost)) {
                        try await transport.get("https://\(host)/hello")
                    }
                }
            }
        }
    }

    @Test func aServerThatSpeaksNoTLSIsReported() async throws {
        try await withServer(Self.router()) { port in
            try await withTransport { transport in
                let host = "127.0.0.1:\(port)"
                await #expect(throws: HTTPTransportError.tlsFailed(host: host, reason: .notSpoken)) {
                    try await transport.get("https://\(host)/hello")
                }
            }
        }
    }

    @Test(arguments: [("2020", "2021", TLSFailure.expired), ("2040", "2041", .notYetValid)])
    func aCertificateOfAnotherTimeIsToldFromOneThatNobodyVouchesFor(
        from: String, until: String, reason: TLSFailure
    ) async throws {
        try await withCertificate("IP:127.0.0.1", from: from, until: until) { files in
            try await withServer(Self.router(), tls: files) { port in
                try await withTransport(certificateAuthorityFile: files.certificateChain) { transport in
                    let host = "127.0.0.1:\(port)"
                    await #expect(throws: HTTPTransportError.tlsFailed(host: host, reason: reason)) {
                        try await transport.get("https://\(host)/hello")
                    }
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
