import JOSE
import LibSodium
import Revocation
import TestSupport
import Testing

/// Heads, entries and deltas of the revocation list, damaged in every place.
@Suite final class RevocationDamageTests {
    let key = Ed25519.PrivateKey()

    /// Signed again, so that the payload's own decoder sees the damage.
    @Test func aDamagedHeadIsRefusedOrAnotherHead() throws {
        let purpose = SigningPurpose.revocationHead
        let head = try Sample.head(of: Sample.list(Sample.entries(3)))
        func payload(_ head: RevocationHead) throws -> [UInt8] {
            try JSONWebSignature.verify(head.signed(with: key), purpose: purpose, key: key.publicKey)
        }
        let mistakes = try Damage.mistakes(with: payload(head)) {
            let text = JSONWebSignature.sign(payload: $0, purpose: purpose, key: self.key)
            return try RevocationHead(verifying: text, key: self.key.publicKey)
        } encode: {
            try payload($0)
        }
        #expect(mistakes.isEmpty)
    }

    @Test func aDamagedDeltaIsRefusedOrAnotherDelta() throws {
        let delta = try #require(RevocationDelta(after: 0, entries: Sample.kinds()))
        // Written again a damaged copy that is read has its own bytes: there is one encoding of a delta.
        let mistakes = Damage.mistakes(with: delta.encoded) { try RevocationDelta(decoding: $0).encoded }
        #expect(mistakes.isEmpty)
    }

    @Test func aDamagedEntryIsRefusedOrAnotherEntry() throws {
        for entry in try Sample.kinds() {
            let mistakes = Damage.mistakes(with: entry.encoded) { try RevocationEntry(decoding: $0).encoded }
            #expect(mistakes.isEmpty)
        }
    }
}
