@testable import AuthorityServer
import AuthorityStore
import Foundation
import HTTPTransport
import JOSE
import KeyDelivery
import KeySchedule
import LibSodium
import PrivacyPass
import Revocation
import ServerSupport
import Testing
import VOPRF

struct PublicationTests {
    @Test func theDirectoryListsWhatIssuesAndWillIssue() async throws {
        try await RunningAuthority.serving { running in
            let (session, play) = try await (running.makeKey(), running.makeKey("play"))
            let response = try await running.get(IssuerDirectory.path)
            #expect(response.status == 200)
            #expect(response.header("content-type") == MediaType.issuerDirectory)
            #expect(response.header("access-control-allow-origin") == "*")
            let directory = try IssuerDirectory(decoding: response.body)
            #expect(directory.issuerRequestURI == "/token-request")
            #expect(directory.tokenKeys.map(\.tokenKey) == [play.publicKey, session.publicKey])
            #expect(directory.tokenKeys.map { $0.capability?.name } == ["play", "session"])
            #expect(directory.tokenKeys.allSatisfy { $0.notBefore == running.time.now().wall.seconds })
        }
    }

    @Test func theDirectoryIsTheSameForEverybodyUntilItChanges() async throws {
        try await RunningAuthority.serving { running in
            let key = try await running.makeKey()
            let first = try await running.get(IssuerDirectory.path)
            let tag = try #require(first.header("etag"))
            for _ in 0..<20 {
                let other = try await running.get(IssuerDirectory.path)
                #expect(other.body == first.body && other.header("etag") == tag)
            }
            let unchanged = try await running.get(IssuerDirectory.path, ifNoneMatch: tag)
            #expect(unchanged.status == 304 && unchanged.body.isEmpty)

            let next = try await running.rotate()
            let changed = try await running.get(IssuerDirectory.path, ifNoneMatch: tag)
            #expect(changed.status == 200)
            let keys = try IssuerDirectory(decoding: changed.body).tokenKeys.map(\.tokenKey)
            #expect(keys == [next.publicKey] && next.publicKey != key.publicKey)
        }
    }

    @Test func theNextKeyIsAnnouncedWithTheTimeFromWhichItIssues() async throws {
        try await RunningAuthority.serving { running in
            let key = try await running.makeKey(epoch: 400)
            running.time.advance(250)
            let next = try #require(try running.authority.makeDueKeys().first)
            let directory = try IssuerDirectory(decoding: try await running.get(IssuerDirectory.path).body)
            #expect(directory.tokenKeys.map(\.tokenKey) == [key.publicKey, next.publicKey])
            #expect(directory.tokenKeys.map(\.notBefore) == [key.notBefore.seconds, key.issueUntil.seconds])
        }
    }

    @Test func theDirectoryMayBeKeptUntilItsNextChangeAtMost() async throws {
        try await RunningAuthority.serving { running in
            _ = try await running.makeKey(epoch: 90)
            // No longer than the next key is announced: a quarter of the epoch.
            #expect(try await running.get(IssuerDirectory.path).header("cache-control") == "public, max-age=22")
            running.time.advance(87)
            #expect(try await running.get(IssuerDirectory.path).header("cache-control") == "public, max-age=3")
            running.time.advance(3)
            let ended = try await running.get(IssuerDirectory.path)
            #expect(try IssuerDirectory(decoding: ended.body).tokenKeys.isEmpty)
        }
    }

    @Test(arguments: ["", "x", "-1", "+1", "%2B1", "1.5", "0x1", "%00", "%FF", "99999999999999999999", "1&after=2"])
    func aPlaceInTheListIsANumber(after: String) async throws {
        try await RunningAuthority.serving { running in
            let response = try await running.get("/revocations?after=\(after)")
            #expect(problem(response) == "400 bad-request")
        }
    }

    @Test func eachTrustedVerifierGetsItsKeys() async throws {
        try await RunningAuthority.serving { running in
            let key = try await running.makeKey()
            _ = try await running.makeKey("play")
            let identity = SealedBox.PrivateKey()
            let id = VerifierID(of: identity.publicKey)
            #expect(try await problem(running.get("/verifiers/\(id.text)/keys")) == "404 not-found")
            let publicKey = Base64URL.encode(identity.publicKey.encoded.bytes, padded: false)
            let added = await running.authority.handle(
                .addVerifier(name: "north", publicKey: publicKey, capabilities: ["session"]))
            let summary = VerifierSummary(
                name: "north", id: id.text, publicKey: publicKey, capabilities: ["session"])
            #expect(added == .verifier(summary))

            let first = try await document(running, id)
            #expect(first.issuer == "issuer.example" && first.verifier == id)
            #expect(first.keys.map(\.record) == [key])
            let secret = try ServerPrivateKey(decoding: identity.open(first.keys[0].sealedSecret))
            #expect(secret.publicKey.encoded.bytes == key.publicKey)

            let next = try await running.rotate()
            let second = try await document(running, id)
            #expect(second.keys.map(\.record) == [key.endingIssuance(at: next.notBefore), next])
            #expect(second.sequence > first.sequence && second.revocationKey == first.revocationKey)
            #expect(try await running.authority.handle(.exportKeys(verifier: "north")) == .delivery(text(running, id)))

            _ = await running.authority.handle(.removeVerifier(name: "north"))
            #expect(try await problem(running.get("/verifiers/\(id.text)/keys")) == "404 not-found")
        }
    }

    @Test func theKeySetNamesBothSigningKeys() async throws {
        try await RunningAuthority.serving { running in
            let response = try await running.get(JSONWebKeySet.path)
            #expect(response.header("content-type") == "application/jwk-set+json")
            for key in [try running.revocationKey(), try await deliveryKey(running)] {
                #expect(response.text.contains(JSONWebKey.keyID(of: key)))
            }
        }
    }

    @Test func webPagesMayReadWhyTheyGetNoTokens() async throws {
        try await RunningAuthority.serving { running in
            let response = try await running.post([], voucher: nil)
            #expect(problem(response) == "401 voucher-required")
            #expect(response.header("access-control-allow-origin") == "*")
        }
    }

    @Test func itIsAliveAndReady() async throws {
        try await RunningAuthority.serving { running in
            #expect(try await running.get("/livez").status == 200)
            #expect(try await running.get("/readyz").status == 200)
            try running.authority.close()
            #expect(try await running.get("/livez").status == 200)
            #expect(try await running.get("/readyz").status == 503)
        }
    }

    private func document(_ running: RunningAuthority, _ id: VerifierID) async throws -> KeyDeliveryDocument {
        try KeyDeliveryDocument(verifying: try await text(running, id), key: try await deliveryKey(running))
    }

    private func text(_ running: RunningAuthority, _ id: VerifierID) async throws -> String {
        let response = try await running.get("/verifiers/\(id.text)/keys")
        #expect(response.header("content-type") == "application/jose")
        let tag = try #require(response.header("etag"))
        #expect(try await running.get("/verifiers/\(id.text)/keys", ifNoneMatch: tag).status == 304)
        return response.text
    }

    private func deliveryKey(_ running: RunningAuthority) async throws -> Ed25519.PublicKey {
        guard case .authority(let summary) = await running.authority.handle(.describe) else {
            throw CancellationError()
        }
        let bytes = try #require(Base64URL.decode(summary.deliveryKey).flatMap { Bytes32($0) })
        return Ed25519.PublicKey(bytes)
    }
}
