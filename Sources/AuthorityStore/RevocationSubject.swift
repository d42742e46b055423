import Foundation
import KeySchedule
import LibSodium
import PrivacyPass
import Revocation

extension RevocationEntry {
    /// What the entry revokes as one value, by which it is found: the length tells the kinds apart.
    ///
    /// A key id (32 bytes); a key id and a nullifier (48); a zero and a verifier's id (33); for a capability its name,
    /// filled up with zeros, and the first second of the day from which it is revoked, big-endian (63 + 8): so those of
    /// one capability lie in the order of their days.
    var storedSubject: Data {
        switch subject {
        case .key(let id): id.bytes.data
        case .token(let nullifier, let id): id.bytes.data + Data(nullifier.bytes)
        case .capability(let capability): capability.storedRevocation(from: effective)
        case .verifier(let id): Data([0]) + id.bytes.data
        }
    }

    /// The length of a stored subject that is a key.
    static let storedKeyCount = Bytes32.count
    /// The length of a stored subject that is a capability.
    static let storedCapabilityCount = Capability.longestName + 8
}

extension Capability {
    fileprivate static let longestName = 63

    /// The stored subject of a revocation of this capability from the day of a time on.
    func storedRevocation(from time: UnixTime) -> Data {
        var bytes = Data(name.utf8)
        bytes.append(Data(count: Self.longestName - bytes.count))
        withUnsafeBytes(of: max(0, time.startOfDay.seconds).bigEndian) { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// The capability and the day in a stored subject, or `nil` if that is none of a capability.
    static func storedRevocation(_ bytes: Data) -> (capability: Capability, from: UnixTime)? {
        guard bytes.count == RevocationEntry.storedCapabilityCount else { return nil }
        let name = bytes.prefix(longestName).prefix { $0 != 0 }
        let seconds = bytes.suffix(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        return Capability(String(decoding: name, as: UTF8.self)).map {
            ($0, UnixTime(seconds: Int64(clamping: seconds)))
        }
    }
}
