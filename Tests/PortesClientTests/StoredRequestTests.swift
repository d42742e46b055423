import LibSodium
import PrivacyPass
import Testing
import VOPRF

@testable import PortesClient

struct StoredRequestTests {
    let issuer = TestIssuer()

    @Test(arguments: [1, 3])
    func aRestoredRequestHasTheSameBytesAndFinalizes(count: Int) throws {
        let pending = try Client.request(
            challenge: TestIssuer.challenge(), tokenKey: issuer.publicKey, count: count)
        let restored = try PendingTokens(restoring: known(pending.encoded()))
        #expect(restored.request == pending.request)
        let answer = try issuer.answer(pending.request)
        let tokens = try restored.finalize(answer)
        #expect(try tokens.count == count && tokens.allSatisfy { try issuer.isValid($0) })
    }

    @Test func aBatchOfOneStaysABatch() throws {
        let pending = try PendingTokens(
            challenge: TestIssuer.challenge(), tokenKey: issuer.publicKey, nonces: [.random()],
            blinds: SecretScalarList(randomCount: 1), asBatch: true)
        #expect(try PendingTokens(restoring: known(pending.encoded())).request == pending.request)
    }

    @Test func everyTruncationAndAnyTrailingByteIsRefused() throws {
        let pending = try Client.request(challenge: TestIssuer.challenge(), tokenKey: issuer.publicKey, count: 2)
        let bytes = known(pending.encoded()).withUnsafeBytes { Array($0) }
        for length in 0..<bytes.count {
            #expect(!isRestored(Array(bytes.prefix(length))), "\(length) bytes")
        }
        #expect(!isRestored(bytes + [0]))
        #expect(isRestored(bytes))
    }

    @Test func hostileHeadersAreRefusedAndNeverTrap() {
        #expect(!isRestored([1, 0, 0xff, 0xff]))
        #expect(!isRestored([1, 2, 0, 1] + [UInt8](repeating: 0, count: 200)))
        #expect(!isRestored([2, 0, 0, 1] + [UInt8](repeating: 0, count: 200)))
        #expect(!isRestored([1, 0, 0, 0] + issuer.publicKey.encoded + [UInt8](repeating: 0xff, count: 100)))
    }

    private func isRestored(_ bytes: [UInt8]) -> Bool {
        do {
            _ = try PendingTokens(restoring: SecretBytes(copying: bytes))
            return true
        } catch {
            return false
        }
    }
}
