#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The sessions of a service that were closed before their end and have not ended yet, for gateways that check sessions
/// with nothing but the service's keys: a JSON array of their `jti`, in the order of these texts.
public struct ClosedSessionList: Sendable, Hashable {
    /// The ids.
    public let ids: Set<SessionID>
    /// The path at which services give it.
    public static let path = "/sessions/closed"

    /// A list of these.
    public init(_ ids: Set<SessionID>) { self.ids = ids }

    /// The list in JSON of at most 64 MiB, or `nil` if it is none.
    public init?(decoding bytes: [UInt8]) {
        guard bytes.count <= 64 * 1024 * 1024,
            let texts = try? JSONDecoder().decode([String].self, from: Data(bytes))
        else { return nil }
        let ids = texts.compactMap { SessionID(text: $0) }
        guard ids.count == texts.count else { return nil }
        self.init(Set(ids))
    }

    /// The JSON; the same list always gives the same bytes.
    public var encoded: [UInt8] {
        Array("[\(ids.map { "\"\($0.text)\"" }.sorted().joined(separator: ","))]".utf8)
    }
}
