import HTTPTransport
import ServerSupport
import Statements

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension AccountConfiguration.KeySet {
    /// The largest key set that is read, in bytes.
    private static let maximumCount = 64 * 1024

    /// Reads the key set anew each time.
    func source(pool: ComputePool, transport: HTTPTransport) -> StatementVerifier.KeySource {
        switch self {
        case .file(let path):
            return { try await pool.run { try Self.read(path) } }
        case .url(let url):
            return {
                let response = try await transport.send(
                    HTTPTransportRequest(
                        .get, .url(url), headers: [(name: "Accept", value: "application/jwk-set+json, application/json")],
                        maximumResponseBytes: Self.maximumCount))
                guard response.status == 200 else { throw Unreadable() }
                return response.body
            }
        }
    }

    private static func read(_ path: String) throws -> [UInt8] {
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        guard size <= maximumCount, let bytes = FileManager.default.contents(atPath: path) else { throw Unreadable() }
        return Array(bytes)
    }

    private struct Unreadable: Error {}
}
