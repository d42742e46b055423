import JOSE
@testable import KeyDelivery
@testable import KeyFiles
import KeyTransparency
import LibSodium
@testable import PortesClient
import PrivacyPass
import Receipts
import Revocation

/// A decoder under test, with what must hold for any bytes: it returns, and what it accepts is written back as it was,
/// or, where a message can be written in many ways, means the same when it is read again.
public enum FuzzedDecoder: String, CaseIterable, Sendable {
    case tokenChallenge = "token-challenge"
    case token
    case tokenRequest = "token-request"
    case tokenResponse = "token-response"
    case batchRequest = "batch-request"
    case batchResponse = "batch-response"
    case genericBatchRequest = "generic-batch-request"
    case genericBatchResponse = "generic-batch-response"
    case issuerDirectory = "issuer-directory"
    case challengeField = "challenge-field"
    case credentialsField = "credentials-field"
    case revocationEntry = "revocation-entry"
    case revocationDelta = "revocation-delta"
    case revocationHead = "revocation-head"
    case signature
    case receipt
    case keyDelivery = "key-delivery"
    case keySet = "key-set"
    case storedRequest = "stored-request"
    case wallet
    case signedNote = "signed-note"
    case addCheckpoint = "add-checkpoint"
    case logEntry = "log-entry"
    case keptKeyLog = "kept-key-log"
    case redeemedCount = "redeemed-count"
    case verifierIdentity = "verifier-identity"
    case backupHeader = "backup-header"

    /// Decodes bytes; ends the process if the property does not hold.
    public func check(_ bytes: [UInt8]) {
        switch self {
        case .tokenChallenge: sameBytes(bytes) { try TokenChallenge(decoding: $0).encoded }
        case .token: sameBytes(bytes) { try Token(decoding: $0).encoded }
        case .tokenRequest: sameBytes(bytes) { try TokenRequest(decoding: $0).encoded }
        case .tokenResponse:
            for type in TokenType.implemented {
                sameBytes(bytes) { try TokenResponse(decoding: $0, tokenType: type).encoded }
            }
        case .genericBatchRequest: sameBytes(bytes) { try GenericBatchTokenRequest(decoding: $0).encoded }
        case .genericBatchResponse: sameBytes(bytes) { try GenericBatchTokenResponse(decoding: $0).encoded }
        case .batchRequest: sameBytes(bytes) { try AmortizedBatchTokenRequest(decoding: $0).encoded }
        case .batchResponse: sameBytes(bytes) { try AmortizedBatchTokenResponse(decoding: $0).encoded }
        case .revocationEntry: sameBytes(bytes) { try RevocationEntry(decoding: $0).encoded }
        case .signedNote: sameBytes(bytes) { try SignedNote(decoding: $0).encoded }
        case .addCheckpoint: sameBytes(bytes) { try AddCheckpointRequest(decoding: $0).encoded }
        case .logEntry: sameBytes(bytes) { try LogEntry(decoding: $0).encoded }
        case .keptKeyLog, .redeemedCount, .verifierIdentity, .backupHeader: checkKept(bytes)
        case .revocationDelta: sameBytes(bytes) { try RevocationDelta(decoding: $0).encoded }
        case .issuerDirectory: sameMeaning(bytes, { try IssuerDirectory(decoding: $0) }, \.encoded)
        case .challengeField: checkChallengeField(bytes)
        case .credentialsField: checkCredentialsField(bytes)
        case .signature: checkSignature(bytes)
        case .storedRequest:
            sameBytes(bytes) {
                guard let again = try PendingTokens(restoring: SecretBytes(copying: $0)).encoded() else { throw NotRead() }
                return again.withUnsafeBytes { Array($0) }
            }
        // The checksum is put behind it, so that the parser is reached. An older version is written as the newest.
        case .wallet:
            sameMeaning(
                bytes,
                { try WalletContents(decoding: $0 + KeyedBLAKE2b.hash($0).bytes).encoded.dropLast(Bytes32.count) },
                { Array($0) })
        case .keySet:
            sameMeaning(bytes, readKeySet) { keys in
                JSONWebKeySet(keys: keys.map { JSONWebKey(publicKey: $0, purpose: .receipt) }).encoded
            }
        case .keyDelivery:
            sameMeaning(
                bytes,
                { try KeyDeliveryDocument(verifying: FuzzKey.sign($0, .keyDelivery), key: FuzzKey.publicKey) }
            ) { FuzzKey.payload($0.signed(with: FuzzKey.key), .keyDelivery) }
        case .receipt:
            sameMeaning(bytes, { try SpendReceipt(verifying: FuzzKey.sign($0, .receipt), key: FuzzKey.publicKey) }) {
                FuzzKey.payload($0.signed(with: FuzzKey.key), .receipt)
            }
        case .revocationHead:
            sameMeaning(
                bytes,
                { try RevocationHead(verifying: FuzzKey.sign($0, .revocationHead), key: FuzzKey.publicKey) }
            ) { FuzzKey.payload($0.signed(with: FuzzKey.key), .revocationHead) }
        }
    }

    /// What servers and apps keep, or get from each other's admins; a checksum is put behind it, so that what reads the
    /// rest is reached.
    private func checkKept(_ bytes: [UInt8]) {
        switch self {
        case .keptKeyLog:
            sameBytes(bytes) { body in
                let digest = Array((Hexadecimal.encode(KeyedBLAKE2b.hash(body).bytes) + "\n").utf8)
                guard let kept = KeptKeyLog(decoding: body + digest) else { throw NotRead() }
                return Array(kept.encoded.dropLast(digest.count))
            }
        case .backupHeader:
            guard bytes.count == BackupHeader.count - Bytes32.count else { return }
            sameBytes(bytes) { body in
                let header = try BackupHeader(decoding: body + KeyedBLAKE2b.hash(body).bytes, path: "")
                return Array(header.encoded.dropLast(Bytes32.count))
            }
        case .verifierIdentity:
            sameBytes(bytes) {
                guard let identity = VerifierIdentity(text: String(decoding: $0, as: UTF8.self)) else { throw NotRead() }
                return Array(identity.text.utf8)
            }
        default:
            sameBytes(bytes) {
                let text = FuzzKey.sign($0, .redeemedCount)
                let count = try RedeemedCount(verifying: text, key: FuzzKey.publicKey)
                guard try RedeemedCount(onRecord: text) == count else { preconditionFailure("two statements in one") }
                return FuzzKey.payload(count.signed(with: FuzzKey.key), .redeemedCount)
            }
        }
    }

    private struct NotRead: Error {}

    /// At most a hundred keys: written out, each takes more room than a set that is read may have for many.
    private func readKeySet(_ bytes: [UInt8]) throws -> [Ed25519.PublicKey] {
        guard let keys = JSONWebKeySet.publicKeys(in: bytes), keys.count <= 100 else { throw NoKeySet() }
        return keys
    }

    private struct NoKeySet: Error {}

    /// Every challenge that is read is written so that it is read again.
    private func checkChallengeField(_ bytes: [UInt8]) {
        for challenge in PrivateTokenChallenge.parse([String(decoding: bytes, as: UTF8.self)]) {
            precondition(PrivateTokenChallenge.parse([challenge.fieldValue]) == [challenge], "another challenge")
        }
    }

    private func checkCredentialsField(_ bytes: [UInt8]) {
        sameMeaning(
            bytes, { try PrivateTokenCredentials(fieldValue: String(decoding: $0, as: UTF8.self)).token.encoded },
            { Array(((try? Token(decoding: $0)).map { PrivateTokenCredentials(token: $0).fieldValue } ?? "").utf8) })
    }

    /// Only what was signed here is accepted, and of each payload only the one text that signing gives.
    private func checkSignature(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        for purpose in SigningPurpose.allCases {
            guard let payload = try? JSONWebSignature.verify(text, purpose: purpose, key: FuzzKey.publicKey) else {
                continue
            }
            precondition(FuzzKey.sign(payload, purpose) == text, "two texts for one document")
        }
    }

    private func sameBytes(_ bytes: [UInt8], _ recode: ([UInt8]) throws -> [UInt8]) {
        guard let again = try? recode(bytes) else { return }
        precondition(again == bytes, "decoded to other bytes")
    }

    private func sameMeaning<Message: Equatable>(
        _ bytes: [UInt8], _ decode: ([UInt8]) throws -> Message, _ encode: (Message) -> [UInt8]
    ) {
        guard let message = try? decode(bytes) else { return }
        let encoded = encode(message)
        guard let again = try? decode(encoded) else { preconditionFailure("what was encoded does not decode") }
        precondition(again == message, "decoded to another message")
        precondition(encode(again) == encoded, "encoded to other bytes")
    }
}
