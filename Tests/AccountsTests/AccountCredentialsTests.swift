import Accounts
import LibSodium
import PrivacyPass
import Testing

final class AccountCredentialsTests: Sendable {
    private let key = Ed25519.PrivateKey()
    private let digest = Randomness.bytes32()
    private let secret = SecretBytes(randomCount: 32)
    private let issuer: ServerName

    init() throws { issuer = try ServerName("issuer.example") }

    @Test func whatAnAccountSignedIsValidAfterItsWayThroughAHeader() throws {
        let made = AccountCredentials(.request, digest: digest, issuer: issuer, key: key)
        let read = try #require(AccountCredentials(fieldValue: made.fieldValue))
        #expect(read == made && read.account == key.publicKey && read.challenge == nil)
        #expect(read.isValid(for: .request, digest: digest, issuer: issuer))
    }

    @Test(arguments: AccountAct.allCases) func aSignatureIsForOneActAlone(act: AccountAct) {
        let made = AccountCredentials(act, digest: digest, issuer: issuer, key: key)
        for other in AccountAct.allCases {
            #expect(made.isValid(for: other, digest: digest, issuer: issuer) == (other == act))
        }
    }

    @Test func aSignatureIsForOneRequestAndOneIssuerAlone() throws {
        let made = AccountCredentials(.request, digest: digest, issuer: issuer, key: key)
        #expect(!made.isValid(for: .request, digest: Randomness.bytes32(), issuer: issuer))
        #expect(!made.isValid(for: .request, digest: digest, issuer: try ServerName("other.example")))
    }

    @Test func everyFlippedBitIsRefused() throws {
        let text = AccountCredentials(.request, digest: digest, issuer: issuer, key: key).fieldValue
        let bytes = try #require(Base64URL.decode(text.dropFirst(AccountCredentials.scheme.count + 1)))
        #expect(bytes.count == 96)
        for bit in 0..<bytes.count * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            let field = AccountCredentials.scheme + " " + Base64URL.encode(changed, padded: false)
            let read = try #require(AccountCredentials(fieldValue: field))
            #expect(!read.isValid(for: .request, digest: digest, issuer: issuer), "bit \(bit)")
        }
    }

    @Test func whatHasNotTheFormIsNoCredentials() {
        let good = AccountCredentials(.request, digest: digest, issuer: issuer, key: key).fieldValue
        for text in [
            "", "PortesAccount", "PortesAccount ", "Bearer " + good.dropFirst(14), String(good.dropLast()), good + "A",
            good + "=", good + " x", "PortesAccount " + String(repeating: "A", count: 400),
        ] {
            #expect(AccountCredentials(fieldValue: text) == nil, "\(text)")
        }
        #expect(AccountCredentials(fieldValue: "portesaccount  " + good.dropFirst(14)) != nil, "a scheme has no case")
    }

    @Test func anEndIsSignedOverTheChallenge() throws {
        let challenge = AccountChallenge(difficulty: 8, expires: 1_000, key: secret)
        let made = AccountCredentials(closingAt: issuer, challenge: challenge, key: key)
        let read = try #require(AccountCredentials(fieldValue: made.fieldValue))
        #expect(read.isValidClosing(at: issuer) && read.challenge == challenge)
        #expect(!read.isValidClosing(at: try ServerName("other.example")))
        #expect(!read.isValid(for: .closing, digest: challenge.digest, issuer: issuer))
        // Another challenge in its place.
        let bytes = try #require(Base64URL.decode(made.fieldValue.dropFirst(14)))
        let other = AccountChallenge(difficulty: 8, expires: 1_000, key: secret)
        let moved = "PortesAccount " + Base64URL.encode(bytes.prefix(96) + other.encoded, padded: false)
        #expect(try #require(AccountCredentials(fieldValue: moved)).isValidClosing(at: issuer) == false)
    }

    @Test func nothingOfCredentialsIsDescribed() {
        let made = AccountCredentials(.request, digest: digest, issuer: issuer, key: key)
        #expect("\(made)" == "AccountCredentials" && Mirror(reflecting: made).children.isEmpty)
    }
}
