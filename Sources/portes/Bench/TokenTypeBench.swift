import Crypto
import CryptoExtras
import Foundation
import Issuance
import KeySchedule
import PortesVerifier
import PrivacyPass
import Revocation

/// Issuing and verifying tokens of types 0x0002 and 0x0001 in this process, beside the bare calls of the same library.
struct TokenTypeBench {
    let rounds: Int

    /// How many tokens one round is about: those of a batch, or fewer where one takes milliseconds.
    private static let count = 50

    func run() async throws -> [BenchResult] {
        let rsa = try TokenTypeFixture(.blindRSA2048, count: Self.count)
        let p384 = try TokenTypeFixture(.voprfP384, count: Self.count / 5)
        return [
            try await blindRSAIssuance(rsa), try await blindRSAVerification(rsa),
            try await p384Issuance(p384), try await p384Verification(p384),
        ]
    }

    private func blindRSAIssuance(_ fixture: TokenTypeFixture) async throws -> BenchResult {
        let bare = try fixture.blindRSAPrivateKey()
        let messages = try fixture.requests.map { try TokenRequest(decoding: $0).blindedMessage }
        return try await .measure("issue-rsa", count: messages.count, rounds: rounds) {
            try fixture.issue()
        } floor: {
            for message in messages { _ = try? bare.blindSignature(for: message) }
        }
    }

    private func blindRSAVerification(_ fixture: TokenTypeFixture) async throws -> BenchResult {
        let numbers = try fixture.blindRSAPrivateKey().publicKey.getKeyPrimitives()
        let bare = try _RSA.Signing.PublicKey(n: numbers.modulus, e: numbers.publicExponent)
        let signed = fixture.tokens.map { ($0.input.encoded, $0.authenticator) }
        let verifier = try PublicVerifier(
            keys: [PublicVerificationKey(record: fixture.record)], revocations: RevocationList(),
            freshness: fixture.freshness)
        let (accepted, now) = (AcceptedChallenges(fixture.challenge), SystemTimeSource().now())
        var areValid = true
        let result = try await BenchResult.measure("verify-rsa", count: signed.count, rounds: rounds) {
            for token in fixture.tokens { _ = try verifier.verify(token, for: accepted, at: now) }
        } floor: {
            for (message, signature) in signed {
                let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
                let digest = SHA384.hash(data: message)
                areValid = bare.isValidSignature(signature, for: digest, padding: .PSS) && areValid
            }
        }
        guard areValid else { throw CommandFailure("the bare library refuses the tokens") }
        return result
    }

    private func p384Issuance(_ fixture: TokenTypeFixture) async throws -> BenchResult {
        let bare = try fixture.p384PrivateKey()
        let elements = try fixture.requests.map {
            try P384._VOPRF.BlindedElement(oprfRepresentation: TokenRequest(decoding: $0).blindedMessage)
        }
        return try await .measure("issue-p384", count: elements.count, rounds: rounds) {
            try fixture.issue()
        } floor: {
            for element in elements { _ = try? bare.evaluate(element) }
        }
    }

    private func p384Verification(_ fixture: TokenTypeFixture) async throws -> BenchResult {
        let bare = try fixture.p384PrivateKey()
        let verifier = Verifier(
            keys: [try VerificationKey(record: fixture.record, secret: fixture.privateKey.encoded())],
            revocations: RevocationList(), freshness: fixture.freshness)
        let (accepted, now) = (AcceptedChallenges(fixture.challenge), SystemTimeSource().now())
        let inputs = fixture.tokens.map(\.input.encoded)
        return try await .measure("verify-p384", count: inputs.count, rounds: rounds) {
            for token in fixture.tokens { _ = try verifier.verify(token, for: accepted, at: now) }
        } floor: {
            for input in inputs { _ = try? bare.evaluate(input) }
        }
    }
}
