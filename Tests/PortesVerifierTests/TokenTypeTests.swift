import KeySchedule
import LibSodium
import PortesVerifier
import PrivacyPass
import Revocation
import Testing
import VerifierSupport

@Suite struct TokenTypeTests {
    private let time = ManualTime()

    @Test(arguments: TokenType.implemented) func aTokenOfEveryTypeIsVerifiedAndSpentOnce(_ type: TokenType) async throws {
        let mint = try Mint(type)
        let challenge = try Sample.challenge(of: type)
        let state = VerifierState(try time.verifier(mint))
        let ledger = MemorySpendLedger(state: state, audience: "origin.example", time: time)
        let token = try mint.token(for: challenge)
        for isFirst in [true, false] {
            let verified = try state.verifier.verify(token, for: challenge, at: time.now())
            let outcome = try #require(try await ledger.spend([Spend(verified)]).first)
            if case .spent = outcome { #expect(isFirst) } else { #expect(!isFirst && outcome == .alreadySpent) }
        }
    }

    @Test(arguments: TokenType.implemented) func aChangedAuthenticatorOfAnyTypeIsRefused(_ type: TokenType) throws {
        let mint = try Mint(type)
        let challenge = try Sample.challenge(of: type)
        let token = try mint.token(for: challenge)
        for place in [0, token.authenticator.count / 2, token.authenticator.count - 1] {
            var changed = token.authenticator
            changed[place] ^= 0x10
            let forged = try Token(input: token.input, authenticator: changed)
            #expect(throws: VerificationFailure.badAuthenticator) {
                try time.verifier(mint).verify(forged, for: challenge, at: time.now())
            }
        }
    }

    @Test func aPublicVerifierTakesRecordsOfPublicTypesAndNoOthers() throws {
        let mint = try Mint(.blindRSA2048)
        let verifier = try PublicVerifier(
            keys: [PublicVerificationKey(record: mint.record)], revocations: RevocationList(), freshness: time.fresh())
        let challenge = try Sample.challenge(of: .blindRSA2048)
        let accepted = AcceptedChallenges(challenge)
        let token = try mint.token(for: challenge)
        #expect(try verifier.verify(token, for: accepted, at: time.now()).keyID == mint.record.id)
        #expect(throws: VerificationFailure.malformed) {
            try verifier.verify(decoding: Array(token.encoded.dropLast()), for: accepted, at: time.now())
        }
        for type in TokenType.implemented where !type.isPubliclyVerifiable {
            let secret = try Mint(type)
            #expect(throws: PublicVerificationKey.KeyError.notPubliclyVerifiable) {
                try PublicVerificationKey(record: secret.record)
            }
        }
    }

    @Test func noSecretGetsIntoTheStateOfAPublicVerifier() async throws {
        let (open, secret) = (try Mint(.blindRSA2048), try Mint(.voprfP384))
        let verifier = try PublicVerifier(
            keys: [PublicVerificationKey(record: open.record)], revocations: RevocationList(), freshness: time.fresh())
        let state = VerifierState(verifier)
        #expect(Set(state.verifier.keys.keys) == [open.record.id])
        let other = try time.verifier(secret)
        state.update { $0.replacingKeys(with: Array($0.keys.values) + Array(other.keys.values)) }
        #expect(Set(state.verifier.keys.keys) == [open.record.id])
        state.update { _ in other }
        #expect(state.verifier.keys.isEmpty)
        state.replace(with: verifier)
        #expect(Set(state.verifier.keys.keys) == [open.record.id])
        // A state that may hold secrets takes them.
        let any = VerifierState(try time.verifier(open))
        any.update { _ in other }
        #expect(Set(any.verifier.keys.keys) == [secret.record.id])
        // What is verified is spent with the state.
        let challenge = try Sample.challenge(of: .blindRSA2048)
        let token = try verifier.verify(
            open.token(for: challenge), for: AcceptedChallenges(challenge), at: time.now())
        let ledger = MemorySpendLedger(state: state, audience: "origin.example", time: time)
        guard case .spent = try await ledger.spend([Spend(token)])[0] else { throw CancellationError() }
    }

    @Test func aKeyThatNeedsNoSecretTakesNone() throws {
        let mint = try Mint(.blindRSA2048)
        let secret = mint.secret
        #expect(throws: VerificationKey.KeyError.needsNoSecret) {
            try VerificationKey(record: mint.record, secret: secret)
        }
    }

    @Test(arguments: [TokenType.voprfRistretto255, .voprfP384]) func anothersSecretIsRefused(_ type: TokenType) throws {
        let mint = try Mint(type)
        let other = try Mint(type).secret
        #expect(throws: VerificationKey.KeyError.mismatch) { try VerificationKey(record: mint.record, secret: other) }
    }
}
