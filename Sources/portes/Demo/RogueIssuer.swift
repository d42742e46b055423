import Foundation
import KeySchedule
import KeyTransparency
import LibSodium
import PortesClient
import PrivacyPass
import VOPRF

/// An issuer that shows different people different keys: its log has one key for signing, and a history for each of
/// them.
struct RogueIssuer {
    static let name = "rogue.demo.example"

    private let seed = Randomness.bytes(32)
    // Of all entries: a history that is shown again has to be the same.
    private let time = SystemTimeSource().now().wall
    private let capability: Capability
    private let terms: RotationTerms

    init() throws {
        guard let capability = Capability("session"),
            let terms = RotationTerms(
                capability: capability, tokenType: .voprfRistretto255, epoch: 604_800, acceptance: 604_800,
                announcement: 86_400)
        else { throw CommandFailure("the rogue issuer has no terms") }
        self.capability = capability
        self.terms = terms
    }

    /// The key of its log, which everybody knows.
    func logKey() throws -> NoteVerificationKey { try signer().verificationKey(.ed25519) }

    private func signer() throws -> NoteSigner {
        guard let name = NoteKeyName(Self.name + "/log"),
            let key = Ed25519.PrivateKey(seed: SecretBytes(copying: seed))
        else { throw CommandFailure("the rogue issuer has no key") }
        return NoteSigner(name: name, key: key)
    }

    /// A key that issues from now on.
    func key() throws -> KeyRecord {
        let dates = KeyDates(from: time, terms: terms)
        return try KeyRecord(
            capability: capability, tokenType: .voprfRistretto255,
            publicKey: ServerPrivateKey().publicKey.encoded.bytes, notBefore: dates.notBefore,
            issueUntil: dates.issueUntil, acceptUntil: dates.acceptUntil)
    }

    /// What somebody is shown: a log with these keys, cosigned by the witness if it agrees, and the last of the keys in
    /// the directory.
    func view(of keys: [KeyRecord], cosignedBy witness: DemoWitness) async throws -> RogueView {
        let entries = ([KeyEvent.terms(terms)] + keys.map { .announced($0) })
            .map { LogEntry(time: time, event: $0).encoded }
        var tiles = TileSet()
        let hashes = entries.flatMap { MerkleHash.leaf($0).bytes }
        guard let tile = Tile(.hashes(level: 0), index: 0, width: entries.count),
            let bundle = EntryBundle.encode(entries), let last = keys.last
        else { throw CommandFailure("the rogue issuer has nothing to show") }
        try tiles.insert(hashes, for: tile)
        let signer = try signer()
        let head = try tiles.head(size: UInt64(entries.count))
        let note = Checkpoint(origin: signer.name, head: head).signed(by: signer)
        let directory = IssuerDirectory(
            issuerRequestURI: "/token-request",
            tokenKeys: [
                IssuerDirectory.Key(
                    tokenType: last.tokenType, tokenKey: last.publicKey, notBefore: last.notBefore.seconds,
                    capability: capability)
            ], issuerName: try ServerName(Self.name))
        return RogueView(files: [
            IssuerDirectory.path: directory.encoded, "/log/tile/entries/000.p/\(entries.count)": bundle,
            "/log/checkpoint": try await witness.cosigned(note, of: logKey(), tiles: tiles).encoded,
        ])
    }
}

/// What one person is shown of the rogue issuer: files, by their paths.
struct RogueView: TokenTransport {
    let files: [String: [UInt8]]

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        guard let path = URL(string: request.url)?.path, let bytes = files[path] else {
            return TransportResponse(status: 404, headers: [], body: [])
        }
        return TransportResponse(status: 200, headers: [], body: bytes)
    }
}
