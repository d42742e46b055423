import Foundation
import FuzzedDecoders
import JOSE
@testable import KeyDelivery
import KeySchedule
import KeyTransparency
import LibSodium
@testable import PortesClient
import PrivacyPass
import Receipts
import Revocation
import VOPRF

/// Writes a few valid messages for each decoder into `Corpus/`, from where the fuzzer starts. Run once, and again when
/// a message changes: the messages differ each time.
@main enum Seeds {
    static func main() throws {
        let corpus = URL(filePath: CommandLine.arguments.dropFirst().first ?? "Corpus")
        let messages = try Messages()
        for decoder in FuzzedDecoder.allCases {
            let directory = corpus.appending(path: decoder.rawValue)
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            for (index, seed) in try messages.seeds(for: decoder).enumerated() {
                decoder.check(seed)
                try Data(seed).write(to: directory.appending(path: "valid-\(index + 1)"))
            }
        }
    }
}

/// Honest messages.
struct Messages {
    let challenges: [TokenChallenge]
    let token: Token
    let request: TokenRequest
    let response: TokenResponse
    let batches: [(AmortizedBatchTokenRequest, AmortizedBatchTokenResponse)]
    let entries: [RevocationEntry]
    let publicKey: [UInt8]

    init() throws {
        let key = try ServerPrivateKey()
        let keyID = TokenKeyID(of: key.publicKey)
        publicKey = key.publicKey.encoded.bytes
        let issuer = try ServerName("issuer.example")
        let origins = try [ServerName("origin.example"), ServerName("[::1]:8443")]
        challenges = try [
            TokenChallenge(tokenType: .voprfRistretto255, issuerName: issuer),
            TokenChallenge(tokenType: .voprfRistretto255, issuerName: issuer, originNames: [origins[0]]),
            TokenChallenge(
                tokenType: .voprfRistretto255, issuerName: issuer, redemptionContext: Randomness.bytes32(),
                originNames: origins),
        ]
        let input = AuthenticatorInput(
            tokenType: .voprfRistretto255, nonce: .random(), challengeDigest: challenges[0].digest, keyID: keyID)
        token = try Token(input: input, authenticator: key.evaluate(input.encoded).bytes)
        let blinding = try Blinding([input.encoded])
        request = TokenRequest(truncatedKeyID: keyID.truncated, blindedElement: blinding.blindedElements[0])
        response = try TokenResponse(key.blindEvaluate(blinding.blindedElements))
        batches = try [1, 2, 5].map { count in
            let batch = try Blinding((0..<count).map { [UInt8($0)] })
            return (
                try AmortizedBatchTokenRequest(
                    truncatedKeyID: keyID.truncated, blindedElements: batch.blindedElements),
                try AmortizedBatchTokenResponse(key.blindEvaluate(batch.blindedElements))
            )
        }
        let day = UnixTime(seconds: 1_799_971_200)
        let subjects: [RevocationEntry.Subject] = [
            .key(keyID), .token(Nullifier(of: input), keyID), .verifier(VerifierID(keyID.bytes)),
        ] + (Capability("play").map { [.capability($0)] } ?? [])
        entries = subjects.enumerated().map {
            RevocationEntry(
                sequence: UInt64($0.offset + 1), subject: $0.element, reason: .surrendered, effective: day)
        }
    }

    func seeds(for decoder: FuzzedDecoder) throws -> [[UInt8]] {
        switch decoder {
        case .tokenChallenge: challenges.map(\.encoded)
        case .token: [token.encoded]
        case .tokenRequest: [request.encoded]
        case .tokenResponse: [response.encoded]
        case .batchRequest: batches.map(\.0.encoded)
        case .batchResponse: batches.map(\.1.encoded)
        case .genericBatchRequest: try genericBatches.map(\.request.encoded)
        case .genericBatchResponse: try genericBatches.map(\.response.encoded)
        case .issuerDirectory: directories.map(\.encoded)
        case .challengeField: challengeFields.map { Array($0.utf8) }
        case .credentialsField: credentialsFields.map { Array($0.utf8) }
        case .revocationEntry: entries.map(\.encoded)
        case .revocationDelta: deltas.map(\.encoded)
        case .revocationHead:
            [Array(#"{"iss":"issuer.example","root":"\#(text(32))","size":2,"time":1800000000}"#.utf8)]
        case .signature: SigningPurpose.allCases.map { Array(FuzzKey.sign(Array("{}".utf8), $0).utf8) }
        case .receipt: [Array(receiptPayload.utf8)]
        case .keySet: [0, 2].map { keySet($0) }
        case .keyDelivery: try [0, 2].map { try delivery($0) }
        case .storedRequest: try [1, 2].map { try storedRequest($0) }
        case .signedNote: notes.map(\.encoded)
        case .addCheckpoint:
            notes.enumerated().map { index, note in
                let proof = (0..<index * 3).map { _ in Randomness.bytes32() }
                return AddCheckpointRequest(oldSize: UInt64(index), proof: proof, checkpoint: note).encoded
            }
        case .logEntry: try logEntries().map(\.encoded)
        case .keptKeyLog, .redeemedCount, .verifierIdentity, .backupHeader: try kept(decoder)
        case .wallet: [Array(WalletContents().encoded.dropLast(32)), Array(try wallet().encoded.dropLast(32))]
        }
    }

    /// One token of type 0x0005, and one of type 0x0002 between two of it, of which the last is not issued. To a
    /// decoder the bytes of type 0x0002 are as good as any.
    private var genericBatches: [(request: GenericBatchTokenRequest, response: GenericBatchTokenResponse)] {
        get throws {
            let number = Randomness.bytes(256)
            let other = try TokenRequest(tokenType: .blindRSA2048, truncatedKeyID: 9, blindedMessage: number)
            let blind = try TokenResponse(decoding: number, tokenType: .blindRSA2048)
            return try [
                (GenericBatchTokenRequest([request]), GenericBatchTokenResponse([response])),
                (
                    GenericBatchTokenRequest([request, other, request]),
                    GenericBatchTokenResponse([response, blind, nil])
                ),
            ]
        }
    }

    private func text(_ count: Int) -> String { Base64URL.encode(Randomness.bytes(count), padded: false) }

    /// A checkpoint, and one with a cosignature.
    private var notes: [SignedNote] {
        guard let log = NoteKeyName("issuer.example/log"), let name = NoteKeyName("witness.example/w1")
        else { return [] }
        let signer = NoteSigner(name: log, key: Ed25519.PrivateKey())
        let witness = NoteSigner(name: name, key: Ed25519.PrivateKey())
        let checkpoint = Checkpoint(origin: log, head: TreeHead(size: 7, root: Randomness.bytes32()))
        let note = checkpoint.signed(by: signer)
        var cosigned = note
        cosigned.add(witness.cosignature(for: checkpoint, at: UnixTime(seconds: 1_800_000_000)))
        return [note, cosigned]
    }

    private var receiptPayload: String {
        #"{"aud":"a.example","binding":"\#(text(32))","key":"\#(text(32))","nullifier":"\#(text(16))"}"#
    }

    private var directories: [IssuerDirectory] {
        let keys = [
            IssuerDirectory.Key(tokenType: .voprfRistretto255, tokenKey: publicKey),
            IssuerDirectory.Key(
                tokenType: .voprfRistretto255, tokenKey: publicKey, notBefore: 1_800_000_000,
                capability: Capability("session")),
            IssuerDirectory.Key(tokenType: TokenType(rawValue: 2), tokenKey: [1, 2, 3]),
        ]
        return [0, 1, 3].map { IssuerDirectory(issuerRequestURI: "/token-request", tokenKeys: Array(keys.prefix($0))) }
    }

    private var challengeFields: [String] {
        let fields = [
            PrivateTokenChallenge(challenge: challenges[0]).fieldValue,
            PrivateTokenChallenge(challenge: challenges[2], tokenKey: publicKey, maximumAge: 10).fieldValue,
        ]
        let grease = PrivateTokenChallenge.greaseFieldValue(greaseIndex: 3, body: [1, 2, 3])
        let unquoted = "PrivateToken challenge=\(Base64URL.encode(challenges[1].encoded, padded: false)), x=y"
        return fields + [
            #"Basic realm="a\"b", \#(fields[0]), Negotiate YWJj==, \#(grease)"#, unquoted + ", Bearer",
        ]
    }

    private var credentialsFields: [String] {
        let unquoted = "privatetoken  token=\(Base64URL.encode(token.encoded, padded: false)) , extensions=\"\""
        return [PrivateTokenCredentials(token: token).fieldValue, unquoted, "Bearer abc"]
    }

    private var deltas: [RevocationDelta] {
        [0, 2, 4].compactMap { RevocationDelta(after: 0, entries: Array(entries.prefix($0))) }
    }
}
