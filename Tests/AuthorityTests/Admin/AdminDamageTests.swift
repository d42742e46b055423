import AuthorityServer
import Foundation
import KeySchedule
import LibSodium
import PrivacyPass
import Revocation
import TestSupport
import Testing
import VOPRF

/// The JSON that travels through the admin socket, damaged in every place.
struct AdminDamageTests {
    static let requests: [AdminRequest] = [
        .createKey(
            KeyParameters(capability: "session", notBefore: UnixTime(seconds: 1_000), epoch: 100, acceptance: 50,
                announcement: 10, isDevelopment: true)),
        .listKeys, .planKeys(days: 30), .previewRevocation(id: "0123abcd", reason: "withdrawn"), .rotateKey(capability: "session"), .retireKey(id: "0123abcd"),
        .revokeKey(id: "0123abcd", reason: "withdrawn"), .exportKeys(verifier: "north"),
        .addVerifier(name: "north", publicKey: "AAAA", capabilities: ["play", "session"]),
        .createVouchers(capability: "session", tokens: 100, count: 2),
        .revokeToken(nullifier: "00ff", keyID: "00ff", reason: "surrendered"), .listRevocations(after: 7),
    ]

    @Test(arguments: requests) func aDamagedRequestIsRefusedOrAnotherRequest(request: AdminRequest) throws {
        #expect(try mistakes(request).isEmpty)
    }

    @Test func aDamagedReplyIsRefusedOrAnotherReply() throws {
        let start = UnixTime(seconds: 1_000)
        let record = try KeyRecord(
            capability: .session, tokenType: .voprfRistretto255,
            publicKey: ServerPrivateKey().publicKey.encoded.bytes, notBefore: start, issueUntil: start,
            acceptUntil: start)
        let key = KeySummary(
            id: record.id.hexadecimal, record: record, state: .issuing, issued: 7, isRetired: false,
            redeemed: 3, now: start)
        let replies: [AdminReply] = [
            .key(key), .keys([key]), .delivery("a.b.c"),
            .voucherCodes([VoucherWithCode(code: "vch_a", id: "00")], withoutKey: ["play"]),
            .verifiers([VerifierSummary(name: "north", id: "AAAA", publicKey: "AAAA", capabilities: ["session"])]),
            .vouchers([VoucherSummary(id: "00", capability: "play", tokens: 9, remaining: 8, isRevoked: true)]),
            .revocation(
                RevocationSummary(
                    RevocationEntry(
                        sequence: 1, subject: .token(.random(), record.id), reason: .withdrawn, effective: start))),
            .authority(AuthoritySummary(issuer: "issuer.example", deliveryKey: "AAAA", logKey: "l+0+A", revocationKey: "BBBB")),
            .refused(message: "no", hint: "maybe"),
        ]
        for reply in replies { #expect(try mistakes(reply).isEmpty) }
    }

    private func mistakes<Message: Codable & Equatable>(_ message: Message) throws -> [String] {
        Damage.mistakes(with: Array(try JSONEncoder().encode(message))) {
            try JSONDecoder().decode(Message.self, from: Data($0))
        } encode: {
            try Array(JSONEncoder().encode($0))
        }
    }
}
