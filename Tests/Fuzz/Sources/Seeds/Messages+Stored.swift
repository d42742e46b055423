import FuzzedDecoders
import JOSE
@testable import KeyDelivery
import KeySchedule
import LibSodium
@testable import PortesClient
import PrivacyPass
import VOPRF

/// What is fetched by clearing servers, and what an app keeps.
extension Messages {
    func keySet(_ count: Int) -> [UInt8] {
        let keys = (0..<count).map { _ in JSONWebKey(publicKey: Ed25519.PrivateKey().publicKey, purpose: .receipt) }
        return JSONWebKeySet(keys: keys).encoded
    }

    func delivery(_ count: Int) throws -> [UInt8] {
        let start = UnixTime(seconds: 1_800_000_000)
        let keys = try (0..<count).compactMap { index -> DeliveredKey? in
            guard let capability = Capability("play-\(index)") else { return nil }
            let record = try KeyRecord(
                capability: capability, tokenType: .voprfRistretto255, publicKey: publicKey, notBefore: start,
                issueUntil: start.adding(seconds: 60), acceptUntil: start.adding(seconds: 120))
            return DeliveredKey(record: record, sealedSecret: Randomness.bytes(80))
        }
        let document = KeyDeliveryDocument(
            issuer: "issuer.example", verifier: VerifierID(of: SealedBox.PrivateKey().publicKey), sequence: 7,
            revocationKey: Ed25519.PrivateKey().publicKey, keys: keys)
        let key = Ed25519.PrivateKey()
        return try JSONWebSignature.verify(document.signed(with: key), purpose: .keyDelivery, key: key.publicKey)
    }

    func storedRequest(_ count: Int) throws -> [UInt8] {
        let tokenKey = try ServerPublicKey(decoding: publicKey)
        return try Client.request(challenge: challenges[1], tokenKey: tokenKey, count: count).encoded()
            .withUnsafeBytes { Array($0) }
    }

    func wallet() throws -> WalletContents {
        var contents = WalletContents()
        contents.add(
            [token], capability: Capability("session"), challenge: challenges[0],
            tokenKey: try ServerPublicKey(decoding: publicKey))
        contents.spendings = [
            WalletContents.Sent(
                token: token, origin: try ServerName("origin.example"), binding: Randomness.bytes(16), purpose: [7])
        ]
        contents.requests = [try WalletContents.Request(capability: nil, encoded: storedRequest(1))]
        return contents
    }
}
