import AuthorityStore
import KeySchedule
import PrivacyPass
import Revocation

extension Authority {
    func revokeToken(_ nullifier: String, keyID: String, reason: String) throws -> RevocationSummary {
        guard let nullifier = Hexadecimal.decode(nullifier).flatMap({ Nullifier($0) }) else {
            throw AdminRefusal("a nullifier has 32 hexadecimal digits")
        }
        let key = try storedKey(keyID)
        return try RevocationSummary(
            database.revoke(.token(nullifier, key.record.id), reason: Self.reason(reason)))
    }

    func listRevocations(after: UInt64) throws -> [RevocationSummary] {
        try database.revocations().entries.filter { $0.sequence > after }.map(RevocationSummary.init)
    }
}

extension RevocationSummary {
    init(_ entry: RevocationEntry) {
        let (kind, keyID, nullifier): (String, TokenKeyID, Nullifier?) =
            switch entry.subject {
            case .key(let keyID): ("key", keyID, nil)
            case .token(let nullifier, let keyID): ("token", keyID, nullifier)
            }
        self.init(
            sequence: entry.sequence, kind: kind, keyID: keyID.hexadecimal,
            nullifier: nullifier.map { Hexadecimal.encode($0.bytes) }, reason: entry.reason.name,
            effective: entry.effective)
    }
}
