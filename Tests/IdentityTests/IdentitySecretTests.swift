import Identity
import LibSodium
import SignIn
import Testing

@testable import Identity

/// What is derived from a secret, against values that Python's hashlib and `cryptography` gave.
@Suite struct IdentitySecretTests {
    private struct NoIdentity: Error {}

    private func identity() throws -> IdentitySecret {
        guard let identity = IdentitySecret(decoding: SecretBytes(copying: Array(0..<32))) else { throw NoIdentity() }
        return identity
    }

    private func hexadecimal(_ secret: borrowing SecretBytes) -> String {
        secret.withUnsafeBytes { bytes in
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
    }

    private func hexadecimal(_ key: Ed25519.PublicKey) -> String {
        hexadecimal(SecretBytes(copying: key.encoded.bytes))
    }

    @Test func keysOfASecretAreTheKnownOnes() throws {
        let identity = try identity()
        let (radio, issuer) = (try #require(Audience("radio.example")), try #require(Audience("issuer.example")))
        #expect(
            hexadecimal(identity.signInKey(for: radio).publicKey)
                == "8a909566c3ea7593b851e391e016560a0d40eb84b6228745853602c56bab0a30")
        #expect(
            hexadecimal(identity.accountKey(at: issuer).publicKey)
                == "182333436f77a46c06080593e90d56cbfc2df6bec934907c432a85c61c7e53b1")
        #expect(
            hexadecimal(identity.requestKey(for: issuer))
                == "87d1797b9d4e63e0a9caaf8f53292fc712625ae638c851e85e0e33539be70d45")
        #expect(
            hexadecimal(identity.lockerKey(at: issuer))
                == "7b292ba39ae82048d12fdb0225c7ad76821eec91dde71e123d677641a6d3beaf")
        #expect(
            hexadecimal(identity.walletKey())
                == "928bfb91d85b64dcf754b2c88bf81bb9ccb8c522970e8694bb654388210a76f4")
    }

    @Test func noTwoServicesOrPurposesOrPeopleShareAKey() throws {
        let audiences = try ["a", "ab", "a.example", "A.example", "b.example"].map { try #require(Audience($0)) }
        var keys: Set<Ed25519.PublicKey> = []
        for _ in 0..<3 {
            let identity = IdentitySecret()
            for audience in audiences {
                keys.insert(identity.signInKey(for: audience).publicKey)
                keys.insert(identity.accountKey(at: audience).publicKey)
            }
        }
        #expect(keys.count == 30)
    }

    @Test func onlyThirtyTwoBytesAreASecret() {
        for count in [0, 1, 31, 33, 64] {
            if IdentitySecret(decoding: SecretBytes(randomCount: count)) != nil { Issue.record("\(count) bytes") }
        }
    }
}
