import JOSE
import KeySchedule
import LibSodium
import PrivacyPass
import Revocation
import Testing

/// Entries, lists and heads of the tests.
enum Sample {
    static let time = UnixTime(seconds: 1_800_000_000)

    static func keyID(_ number: UInt8) throws -> TokenKeyID {
        TokenKeyID(try #require(Bytes32([UInt8](repeating: number, count: 32))))
    }

    static func nullifier(_ number: UInt8) throws -> Nullifier {
        try #require(Nullifier([UInt8](repeating: number, count: 16)))
    }

    /// Entries 1 to `count`: keys at odd places, tokens at even ones. `variant` gives another history.
    static func entries(_ count: UInt8, variant: UInt8 = 0) throws -> [RevocationEntry] {
        try (0..<count).map { index in
            let number = index + 1
            let keyID = try keyID(number ^ variant)
            return RevocationEntry(
                sequence: UInt64(number), subject: number % 2 == 1 ? .key(keyID) : try .token(nullifier(number), keyID),
                reason: number % 2 == 1 ? .keyCompromised : .surrendered, effective: time)
        }
    }

    /// An entry of each kind, under two keys.
    static func kinds() throws -> [RevocationEntry] {
        let subjects: [RevocationEntry.Subject] = try [
            .token(nullifier(1), keyID(2)), .key(keyID(1)), .capability(#require(Capability("play"))),
            .verifier(VerifierID(#require(Bytes32([UInt8](repeating: 9, count: 32))))), .token(nullifier(2), keyID(2)),
        ]
        return subjects.enumerated().map {
            RevocationEntry(sequence: UInt64($0 + 1), subject: $1, reason: .withdrawn, effective: time)
        }
    }

    static func list(_ entries: [RevocationEntry]) throws -> RevocationList {
        var list = RevocationList()
        for entry in entries { try list.append(entry) }
        return list
    }

    static func head(of list: RevocationList, size: UInt64? = nil, root: Bytes32? = nil) -> RevocationHead {
        RevocationHead(issuer: "issuer.example", size: size ?? list.size, root: root ?? list.root, time: time)
    }
}
