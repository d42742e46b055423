import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import ServerSupport

/// A certificate for 127.0.0.1 and its key, made with the `openssl` command in a directory of their own.
struct TestCertificate {
    let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let openssl = Process()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        openssl.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2",
            "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", keyPath, "-out",
            chainPath,
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        guard openssl.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
    }

    var chainPath: String { directory.appendingPathComponent("chain.pem").path }
    var keyPath: String { directory.appendingPathComponent("key.pem").path }
    var files: TLSFiles {
        TLSFiles(certificateChain: chainPath, privateKey: keyPath, checkInterval: .milliseconds(20))
    }

    func certificate() throws -> NIOSSLCertificate? {
        try NIOSSLCertificate.fromPEMFile(chainPath).first
    }

    /// Writes the other's certificate, or key, or both over this one's, each in one step.
    func take(chain: Bool = true, key: Bool = true, from other: TestCertificate) throws {
        if chain {
            try Data(contentsOf: URL(fileURLWithPath: other.chainPath)).write(
                to: URL(fileURLWithPath: chainPath), options: .atomic)
        }
        if key {
            try Data(contentsOf: URL(fileURLWithPath: other.keyPath)).write(
                to: URL(fileURLWithPath: keyPath), options: .atomic)
        }
    }

    func remove() {
        try? FileManager.default.removeItem(at: directory)
    }
}

/// The certificate that the server at `port` shows to a new connection.
func shownCertificate(at port: Int) async throws -> NIOSSLCertificate? {
    let context = try NIOSSLContext(configuration: .makeClientConfiguration())
    let (shown, source) = AsyncStream.makeStream(of: NIOSSLCertificate?.self)
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .channelInitializer { channel in
            channel.closeFuture.whenComplete { _ in source.finish() }
            return channel.eventLoop.makeCompletedFuture {
                let handler = try NIOSSLClientHandler(
                    context: context, serverHostname: "localhost",
                    customVerificationCallback: { chain, verified in
                        source.yield(chain.first)
                        verified.succeed(.failed)
                    })
                try channel.pipeline.syncOperations.addHandler(handler)
            }
        }
        .connect(host: "127.0.0.1", port: port).get()
    let certificate = await shown.first { _ in true } ?? nil
    try? await channel.close()
    return certificate
}
