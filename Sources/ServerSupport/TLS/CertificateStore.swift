internal import Logging
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import ServiceLifecycle
internal import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The TLS certificate and key that new connections get, read again when the files change.
final class CertificateStore: Sendable {
    private let files: TLSFiles
    private let logger: Logger
    private let state: Mutex<State>

    private struct State {
        var context: NIOSSLContext
        var fingerprint: Int
    }

    /// Reads both files; throws ``TLSFilesError``.
    init(files: TLSFiles, logger: Logger) throws {
        self.files = files
        self.logger = logger
        let contents = Contents(files)
        state = Mutex(State(context: try contents.context(files), fingerprint: contents.fingerprint))
    }

    /// What the next connection gets.
    var context: NIOSSLContext {
        state.withLock { $0.context }
    }

    /// Looks at the files from time to time, until cancelled or shut down.
    func watch() async throws {
        try await cancelWhenGracefulShutdown { [self] in
            while true {
                try await Task.sleep(for: files.checkInterval)
                // The files may be on a slow disk.
                try await NIOThreadPool.singleton.runIfActive { self.reloadIfChanged() }
            }
        }
    }

    /// Reads the files and uses them if they have changed. A pair that cannot be used is reported once, and the one in
    /// use stays.
    func reloadIfChanged() {
        let contents = Contents(files)
        guard state.withLock({ $0.fingerprint != contents.fingerprint }) else { return }
        do {
            let context = try contents.context(files)
            state.withLock { $0 = State(context: context, fingerprint: contents.fingerprint) }
            logger.notice("the TLS certificate has been reloaded")
        } catch {
            state.withLock { $0.fingerprint = contents.fingerprint }
            logger.warning(
                "the new TLS certificate cannot be used, the old one stays", metadata: ["reason": "\(error)"])
        }
    }
}

extension TLSFiles {
    /// Reads both files; throws ``TLSFilesError`` if they cannot be used. Blocks.
    package func check() throws { _ = try Contents(self).context(self) }
}

/// What the two files hold at one moment. Comparing contents also sees links that now lead elsewhere.
private struct Contents {
    private let chain: Data?
    private let key: Data?

    init(_ files: TLSFiles) {
        chain = FileManager.default.contents(atPath: files.certificateChain)
        key = FileManager.default.contents(atPath: files.privateKey)
    }

    /// Differs, but for one chance in 2^64, if the contents differ; the key itself is not kept for comparison.
    var fingerprint: Int {
        var hasher = Hasher()
        hasher.combine(chain)
        hasher.combine(key)
        return hasher.finalize()
    }

    func context(_ files: TLSFiles) throws -> NIOSSLContext {
        guard let chain, let certificates = try? NIOSSLCertificate.fromPEMBytes([UInt8](chain)), !certificates.isEmpty
        else {
            throw TLSFilesError.unusableCertificate(path: files.certificateChain)
        }
        guard let key, let privateKey = try? NIOSSLPrivateKey(bytes: [UInt8](key), format: .pem) else {
            throw TLSFilesError.unusableKey(path: files.privateKey)
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(privateKey))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        // A client that is cut off for being slow is not given long to say goodbye.
        configuration.shutdownTimeout = .seconds(1)
        guard let context = try? NIOSSLContext(configuration: configuration) else {
            throw TLSFilesError.keyDoesNotMatch
        }
        return context
    }
}
