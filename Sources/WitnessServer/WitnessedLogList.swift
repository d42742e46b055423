internal import KeySchedule
internal import KeyTransparency
internal import LibSodium
internal import PrivacyPass
package import WitnessStore

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What a witness cosigned last of each log, for people and scripts.
package struct WitnessedLogList: Sendable, Hashable, Codable {
    /// One log.
    package struct Item: Sendable, Hashable, Codable {
        /// The log's name.
        package let origin: String
        /// The number of leaves.
        package let size: UInt64
        /// The root over them in base64.
        package let root: String
        /// The time in the newest cosignature, in seconds since 1970.
        package let time: Int64
    }

    /// The logs, by origin.
    package let logs: [Item]

    /// The list of these logs.
    package init(_ logs: [WitnessedLog]) {
        self.logs = logs.map {
            Item(
                origin: $0.origin.text, size: $0.head.size, root: Base64.encode($0.head.root.bytes),
                time: $0.time.seconds)
        }
    }

    /// The list in its JSON form, or `nil` if it is none.
    package init?(decoding bytes: [UInt8]) {
        guard let list = try? JSONDecoder().decode(Self.self, from: Data(bytes)) else { return nil }
        self = list
    }

    /// The JSON form, with names in alphabetical order.
    package var encoded: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Text and whole numbers always encode; an empty object decodes to nothing.
        return (try? encoder.encode(self)).map { [UInt8]($0) } ?? Array("{}".utf8)
    }
}
