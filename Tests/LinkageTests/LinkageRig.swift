import Attestation
import AuthorityStore
import ClearingStore
import Foundation
import Issuance
import KeyDelivery
import KeySchedule
import KeyTransparency
import LibSodium
import PortesClient
import PortesVerifier
import PrivacyPass
import Revocation
import SQLiteSupport
import TestSupport
import VOPRF

/// Both databases in files, the real issuer and verifier between them, and clients as careless as can be: each spends
/// what it fetched at once, and binds what it spends to the digest that the authority stores of its request.
final class LinkageRig: Sendable {
    /// What one request led to.
    struct Visit: Sendable {
        let request: [UInt8]
        let nullifiers: [[UInt8]]
        let bindings: [[UInt8]]
    }

    let directory: TemporaryDirectory
    private let authority: AuthorityDatabase
    private let clearing: ClearingDatabase
    private let issuer: Issuer
    private let tokenKey: TokenKey
    private let challenge: TokenChallenge
    private let policy: ChallengePolicy
    private let time = SystemTimeSource()

    var authorityPath: String { directory.path + "/a/authority.sqlite" }
    var clearingPath: String { directory.path + "/c/clearing.sqlite" }

    init() async throws {
        directory = try TemporaryDirectory()
        authority = try AuthorityDatabase(in: DataDirectory(path: directory.path + "/a", side: .authority))
        let place = try DataDirectory(path: directory.path + "/c", side: .clearing)
        let identity = try ClearingIdentity(in: place)
        let deliveryKey = Ed25519.PrivateKey()
        let revocationKey = Ed25519.PrivateKey()
        let (issuerName, origin) = (try ServerName("issuer.example"), try ServerName("origin.example"))
        clearing = try ClearingDatabase(
            in: place, identity: identity,
            pins: ClearingPins(origin: origin, scope: .ownOrigin, authority: AuthorityKey(deliveryKey.publicKey)))
        policy = try ChallengePolicy(issuer: issuerName, origin: origin)
        challenge = policy.challenge(of: .voprfRistretto255, at: time.now())

        let privateKey = try ServerPrivateKey()
        let now = time.now().wall
        guard let capability = Capability("session") else { preconditionFailure("a capability's name") }
        let record = try KeyRecord(
            capability: capability, tokenType: .voprfRistretto255, publicKey: privateKey.publicKey.encoded.bytes,
            notBefore: now, issueUntil: now.adding(seconds: 86_400), acceptUntil: now.adding(seconds: 172_800))
        let terms = RotationTerms(
            capability: capability, tokenType: .voprfRistretto255, epoch: 86_400, acceptance: 86_400, announcement: 0,
            isDevelopment: true)
        guard let terms else { preconditionFailure("the terms are in range") }
        try authority.changeKeys([.terms(terms), .announced(record)], at: now)
        let secret = try IssuerSecret(.voprfRistretto255, decoding: privateKey.encoded())
        issuer = Issuer(records: [record], secrets: [secret], revoked: [])
        tokenKey = secret.tokenKey

        guard let sealed = identity.publicKey.seal(privateKey.encoded()) else { preconditionFailure("a public key") }
        try await clearing.take(
            delivery: KeyDeliveryDocument(
                issuer: issuerName.text, verifier: identity.id, sequence: 1, revocationKey: revocationKey.publicKey,
                keys: [DeliveredKey(record: record, sealedSecret: sealed)]
            ).signed(with: deliveryKey))
        let head = RevocationHead(
            issuer: issuerName.text, size: 0, root: RevocationList().root, time: now
        ).signed(with: revocationKey)
        _ = try await clearing.take(revocations: [], signedHead: head, fetchedAt: time.now())
    }

    /// Has clients fetch and spend `count` tokens each, so many times in all, one after the other but for a few at
    /// once.
    func run(visits: Int, clients: Int, tokens count: Int) async throws -> [Visit] {
        let codes = (0..<clients).map { _ in VoucherCode() }
        guard let capability = Capability("session") else { preconditionFailure("a capability's name") }
        try authority.insertVouchers(codes.map(\.hash), capability: capability, tokens: Int64(visits * count))
        return try await withThrowingTaskGroup(of: (Int, Visit).self) { group in
            var done: [Visit?] = Array(repeating: nil, count: visits)
            for number in 0..<visits {
                // As many at once as keep both disks busy; order is kept as well as a busy server keeps it.
                if number >= 8, let (place, visit) = try await group.next() { done[place] = visit }
                let voucher = codes[Int.random(in: 0..<clients)].hash
                group.addTask { (number, try await self.visit(voucher, count)) }
            }
            while let (place, visit) = try await group.next() { done[place] = visit }
            return done.compactMap(\.self)
        }
    }

    private func visit(_ voucher: VoucherHash, _ count: Int) async throws -> Visit {
        let pending = try Client.request(challenge: challenge, tokenKey: tokenKey, count: count)
        guard case .batch(let request) = pending.request else { throw Failure.refused }
        let hash = RequestHash(body: request.encoded, mediaType: pending.request.mediaType)
        let charge = Charge(payer: .voucher(voucher), request: hash, count: count, keyID: tokenKey.id)
        guard case .charged = try await authority.charge(charge) else { throw Failure.refused }
        let answer = try issuer.evaluate(request, under: tokenKey.id, at: time.now().wall).encoded
        let tokens = try pending.finalize(answer)
        let bindings = tokens.indices.map { hash.bytes.bytes + [UInt8($0)] }
        let spends = try zip(tokens, bindings).map { token, binding in
            let now = time.now()
            let verified = try clearing.state.verifier.verify(token, for: policy.acceptedChallenges(at: now), at: now)
            return Spend(verified, binding: SpendBinding(binding))
        }
        for outcome in try await clearing.ledger.spend(spends) {
            guard case .spent = outcome else { throw Failure.refused }
        }
        return Visit(
            request: hash.bytes.bytes, nullifiers: tokens.map { Nullifier(of: $0.input).bytes }, bindings: bindings)
    }

    /// Closes both, so that everything is in their files.
    func close() throws {
        try authority.close()
        try clearing.close()
    }

    enum Failure: Error { case refused }
}
