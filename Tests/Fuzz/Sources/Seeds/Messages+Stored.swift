import FuzzedDecoders
import JOSE
@testable import KeyDelivery
@testable import KeyFiles
import KeySchedule
import KeyTransparency
import LibSodium
@testable import PortesClient
import PrivacyPass
import Revocation
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

    /// An entry of each kind.
    func logEntries() throws -> [LogEntry] {
        let start = UnixTime(seconds: 1_800_000_000)
        guard let capability = Capability("play"),
            let terms = RotationTerms(
                capability: capability, tokenType: .voprfRistretto255, epoch: 60, acceptance: 60, announcement: 10)
        else { return [] }
        let record = try KeyRecord(
            capability: capability, tokenType: .voprfRistretto255, publicKey: publicKey, notBefore: start,
            issueUntil: start.adding(seconds: 60), acceptUntil: start.adding(seconds: 120))
        let events: [KeyEvent] = [
            .terms(terms), .announced(record), .rescheduled(record), .revoked(record.id, .keyCompromised),
            .ended(record.id, issued: 7), .redeemed(record.id, count: 5, statement: "e30.e30.AA"),
            .capabilityRevoked(capability, from: start.startOfDay, .withdrawn),
        ]
        return events.map { LogEntry(time: start, event: $0) }
    }

    /// What servers and apps keep, or get from each other's admins, without its checksum.
    func kept(_ decoder: FuzzedDecoder) throws -> [[UInt8]] {
        let (sealing, signing) = (SealedBox.PrivateKey().publicKey, Ed25519.PrivateKey().publicKey)
        switch decoder {
        case .keptKeyLog:
            guard let name = NoteKeyName("issuer.example/log") else { return [] }
            let key = NoteSigner(name: name, key: Ed25519.PrivateKey()).verificationKey(.ed25519)
            let kept = KeptKeyLog(log: key, head: TreeHead(size: 7, root: Randomness.bytes32()))
            return [Array(kept.encoded.dropLast(65))]
        case .verifierIdentity:
            return [nil, signing].map { Array(VerifierIdentity(sealing: sealing, counts: $0).text.utf8) }
        case .backupHeader:
            let made = try BackupHeader.make(
                .keys, contentCount: 70, passphrase: SecretBytes(copying: [1]), cost: .minimal)
            return [Array(made.0.encoded.dropLast(32))]
        default:
            let count = RedeemedCount(
                issuer: "issuer.example", verifier: VerifierID(of: sealing), keyID: token.input.keyID, count: 7)
            let key = Ed25519.PrivateKey()
            return try [
                JSONWebSignature.verify(count.signed(with: key), purpose: .redeemedCount, key: key.publicKey)
            ]
        }
    }

    func storedRequest(_ count: Int) throws -> [UInt8] {
        let tokenKey = try TokenKey(tokenType: .voprfRistretto255, decoding: publicKey)
        guard let stored = try Client.request(challenge: challenges[1], tokenKey: tokenKey, count: count).encoded()
        else { throw MessageError.unsupportedTokenType }
        return stored.withUnsafeBytes { Array($0) }
    }

    func wallet() throws -> WalletContents {
        var contents = WalletContents()
        contents.add(
            [token], capability: Capability("session"), challenge: challenges[0],
            tokenKey: try TokenKey(tokenType: .voprfRistretto255, decoding: publicKey))
        contents.spendings = [
            WalletContents.Sent(
                token: token, origin: try ServerName("origin.example"), binding: Randomness.bytes(32), purpose: [7],
                use: .session)
        ]
        contents.recovered = [token.input.keyID]
        contents.requests = [try WalletContents.Request(capability: nil, encoded: storedRequest(1))]
        return contents
    }
}
