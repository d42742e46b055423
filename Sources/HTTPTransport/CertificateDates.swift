internal import NIOCore
internal import NIOPosix
internal import NIOSSL

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// From when until when a certificate is valid, in UNIX seconds.
struct CertificateDates: Sendable {
    let from: Int
    let until: Int

    /// What the dates say of a certificate that was refused: nothing, if it is valid now.
    func failure(at now: Int = Int(Date.now.timeIntervalSince1970)) -> TLSFailure? {
        if now > until { return .expired }
        return now < from ? .notYetValid : nil
    }

    /// The dates of the certificate that a server shows, or `nil` if it shows none within 5 s.
    ///
    /// The TLS library does not say why it refused a certificate. So this begins another handshake, looks, and breaks
    /// it off: nothing is sent to the server, and nothing it says is believed.
    static func shown(by host: String, port: Int) async -> CertificateDates? {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let found = loop.makePromise(of: CertificateDates?.self)
        let timer = loop.scheduleTask(in: .seconds(5)) { found.succeed(nil) }
        let channel = ClientBootstrap(group: loop).connectTimeout(.seconds(5))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(handler(host: host, found: found))
                }
            }
            .connect(host: host, port: port)
        channel.whenFailure { _ in found.succeed(nil) }
        channel.whenSuccess { channel in channel.closeFuture.whenComplete { _ in found.succeed(nil) } }
        let dates = try? await found.futureResult.get()
        timer.cancel()
        channel.whenSuccess { $0.close(promise: nil) }
        return dates ?? nil
    }

    private static func handler(
        host: String, found: EventLoopPromise<CertificateDates?>
    ) throws -> NIOSSLClientHandler {
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(
            context: NIOSSLContext(configuration: .makeClientConfiguration()), serverHostname: isAddress ? nil : host,
            customVerificationCallback: { certificates, verdict in
                found.succeed(
                    certificates.first.map { CertificateDates(from: $0.notValidBefore, until: $0.notValidAfter) })
                verdict.succeed(.failed)
            })
    }
}
