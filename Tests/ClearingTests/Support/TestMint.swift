import KeySchedule
import LibSodium
import PrivacyPass
import VOPRF

/// A key with its secret, which makes tokens without the detour over blinding.
final class TestMint: Sendable {
    let record: KeyRecord
    private let privateKey: ServerPrivateKey

    /// A key that began to issue `age` seconds before `now`, issues for an hour and is accepted for two.
    init(capability: String = "session", now: UnixTime, age: Int64 = 0, acceptedFor: Int64 = 7_200) throws {
        privateKey = try ServerPrivateKey()
        guard let capability = Capability(capability) else { throw MessageError.invalidName }
        let start = now.adding(seconds: -age)
        record = try KeyRecord(
            capability: capability, tokenType: .voprfRistretto255, publicKey: privateKey.publicKey.encoded.bytes,
            notBefore: start, issueUntil: start.adding(seconds: min(acceptedFor, 3_600)),
            acceptUntil: start.adding(seconds: acceptedFor))
    }

    /// The same key with another end.
    func record(acceptedFor: Int64) throws -> KeyRecord {
        try KeyRecord(
            capability: record.capability, tokenType: record.tokenType, publicKey: record.publicKey,
            notBefore: record.notBefore, issueUntil: record.issueUntil,
            acceptUntil: record.notBefore.adding(seconds: acceptedFor))
    }

    func secret() -> SecretBytes { privateKey.encoded() }

    func token(for challenge: TokenChallenge) throws -> Token {
        let input = AuthenticatorInput(
            tokenType: .voprfRistretto255, nonce: .random(), challengeDigest: challenge.digest, keyID: record.id)
        return try Token(input: input, authenticator: privateKey.evaluate(input.encoded).bytes)
    }
}
