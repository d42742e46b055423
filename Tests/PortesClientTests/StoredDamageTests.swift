import KeySchedule
import LibSodium
import PrivacyPass
import TestSupport
import Testing

@testable import PortesClient

/// What the app keeps of requests and tokens, damaged in every place.
struct StoredDamageTests {
    let issuer = TestIssuer()

    @Test(arguments: [1, 2]) func aDamagedRequestIsRefusedOrAnotherRequest(count: Int) throws {
        let pending = try Client.request(challenge: TestIssuer.challenge(), tokenKey: issuer.publicKey, count: count)
        let bytes = known(pending.encoded()).withUnsafeBytes { Array($0) }
        let mistakes = Damage.mistakes(with: bytes) {
            try known(PendingTokens(restoring: SecretBytes(copying: $0)).encoded()).withUnsafeBytes { Array($0) }
        }
        #expect(mistakes.isEmpty)
    }

    /// With a checksum that fits, so that the parser itself sees the damage.
    @Test func aDamagedWalletIsRefusedOrAnotherWallet() throws {
        let pending = try Client.request(challenge: TestIssuer.challenge(), tokenKey: issuer.publicKey, count: 1)
        let tokens = try (0..<2).map { _ in
            try Token(
                input: AuthenticatorInput(
                    tokenType: .voprfRistretto255, nonce: .random(), challengeDigest: TestIssuer.challenge().digest,
                    keyID: issuer.publicKey.id),
                authenticator: Randomness.bytes(64))
        }
        var contents = WalletContents()
        contents.add(
            [tokens[0]], capability: Capability.session, challenge: try TestIssuer.challenge(),
            tokenKey: issuer.publicKey)
        contents.spendings = [
            WalletContents.Sent(
                token: tokens[1], origin: try ServerName("origin.example"), binding: Randomness.bytes(32), purpose: [7],
                use: .boundSession)
        ]
        contents.recovered = [issuer.publicKey.id]
        contents.keep(
            known(Session(text: SessionText.bearer, seed: [], expiry: UnixTime(seconds: 1_800_000_000))),
            at: try ServerName("origin.example"))
        contents.requests = [
            try WalletContents.Request(
                capability: nil, encoded: known(pending.encoded()).withUnsafeBytes { Array($0) })
        ]
        contents.keyLogs = [WalletContents.KeyLog(issuer: try ServerName("issuer.example"), seen: [1, 2, 3])]
        let mistakes = Damage.mistakes(with: Array(contents.encoded.dropLast(Bytes32.count))) {
            try WalletContents(decoding: $0 + KeyedBLAKE2b.hash($0).bytes).encoded.dropLast(Bytes32.count)
        }
        #expect(mistakes.isEmpty)
    }
}
