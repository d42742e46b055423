package import KeySchedule
package import LibSodium
package import PortesVerifier
package import PrivacyPass
package import Revocation
internal import Synchronization

/// A key with its secret, which makes tokens as an issuer and a client do together.
package struct Mint {
    package static let start: Int64 = 1_800_000_000
    package let record: KeyRecord
    package let key: VerificationKey
    private let scheme: any TokenScheme
    private let privateKey: any TokenPrivateKey

    package init(
        _ tokenType: TokenType = .voprfRistretto255, capability: String = "session", notBefore: Int64 = start,
        issueUntil: Int64 = start + 3_600, acceptUntil: Int64 = start + 7_200
    ) throws {
        guard let scheme = tokenType.scheme else { throw MessageError.unsupportedTokenType }
        guard let capability = Capability(capability) else { throw MessageError.invalidName }
        self.scheme = scheme
        privateKey = try scheme.makePrivateKey()
        record = try KeyRecord(
            capability: capability, tokenType: tokenType, publicKey: privateKey.publicKey,
            notBefore: UnixTime(seconds: notBefore), issueUntil: UnixTime(seconds: issueUntil),
            acceptUntil: UnixTime(seconds: acceptUntil))
        key =
            scheme.isPubliclyVerifiable
            ? VerificationKey(try PublicVerificationKey(record: record))
            : try VerificationKey(record: record, secret: privateKey.encoded())
    }

    package func token(for challenge: TokenChallenge) throws -> Token {
        let input = AuthenticatorInput(
            tokenType: record.tokenType, nonce: .random(), challengeDigest: challenge.digest, keyID: record.id)
        let blinding = try scheme.blind([input.encoded], publicKey: record.publicKey)[0]
        let response = try privateKey.evaluate(blinding.blindedMessage)
        return try Token(input: input, authenticator: blinding.finalize(response))
    }

    /// The secret as a verifier would get it.
    package var secret: SecretBytes { privateKey.encoded() }
}

/// Names and challenges of the tests.
package enum Sample {
    package static let foreignKeyID = TokenKeyID(Randomness.bytes32())

    package static func challenge(
        of tokenType: TokenType = .voprfRistretto255, origin: String = "origin.example"
    ) throws -> TokenChallenge {
        try TokenChallenge(
            tokenType: tokenType, issuerName: ServerName("issuer.example"),
            originNames: [ServerName(origin)])
    }
}

/// Clocks that a test moves.
package final class ManualTime: TimeSource {
    private let present: Mutex<Moment>

    package init(seconds: Int64 = Mint.start + 10) {
        present = Mutex(Moment(wall: UnixTime(seconds: seconds), monotonic: .seconds(1_000)))
    }

    package func now() -> Moment { present.withLock { $0 } }

    /// Time passes on both clocks.
    package func advance(seconds: Int64) { move(wall: seconds, monotonic: seconds) }

    /// The clocks move apart.
    package func move(wall: Int64, monotonic: Int64) {
        present.withLock {
            $0 = Moment(wall: $0.wall.adding(seconds: wall), monotonic: $0.monotonic + .seconds(monotonic))
        }
    }

    /// A list fetched now.
    package func fresh() throws -> RevocationFreshness {
        guard let freshness = RevocationFreshness(headTime: now().wall, fetchedAt: now()) else {
            throw RevocationError.rollback
        }
        return freshness
    }

    /// A verifier with a list fetched now.
    package func verifier(_ mints: Mint..., revoking subjects: [RevocationEntry.Subject] = []) throws -> Verifier {
        var list = RevocationList()
        for (index, subject) in subjects.enumerated() {
            try list.append(
                RevocationEntry(
                    sequence: UInt64(index + 1), subject: subject, reason: .unspecified, effective: now().wall))
        }
        return try Verifier(keys: mints.map(\.key), revocations: list, freshness: fresh())
    }
}
