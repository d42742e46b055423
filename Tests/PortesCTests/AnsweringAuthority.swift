import Foundation
import KeySchedule
import LibSodium
import PrivacyPass
import Revocation

/// The issuer that a script asks: keys of each type, answers to requests, and a signed revocation list.
final class AnsweringAuthority {
    struct Question: Decodable {
        let `do`: String
        let type: UInt16?
        let message: String?
        let media: String?
        let checks: Int?
        let failed: String?
        let after: UInt64?
        let count: Int?
    }

    private struct Wrong: Error {}

    private let signer = Ed25519.PrivateKey()
    private var entries: [RevocationEntry] = []
    // The newest last.
    private var keys: [any TokenPrivateKey] = []

    init() throws {}

    func answer(_ question: Question) throws -> Data {
        let type = TokenType(rawValue: question.type ?? 0)
        if question.do == "issuer" { return try issuer(type) }
        if question.do == "revoke" { return try revoke(question.message ?? "", filling: question.count ?? 0) }
        if question.do == "revocations" { return try revocations(after: question.after ?? 0) }
        guard let message = question.message.flatMap({ Hexadecimal.decode($0) }), let media = question.media else {
            throw Wrong()
        }
        // Who is asked is said by the truncated id; wrong answers come from another.
        var answer =
            question.do == "other"
            ? try answerOfAnotherKey(to: message, media: media, type)
            : try Self.evaluate(message, media: media, with: keyNamed(in: message, media: media, type))
        if question.do == "changed" { answer[answer.count - 1] ^= 1 }
        return try json(["answer": Hexadecimal.encode(answer)])
    }

    /// What some other key makes of a message. Not every one of type 0x0002 can: its modulus may be too small.
    private func answerOfAnotherKey(to message: [UInt8], media: String, _ type: TokenType) throws -> [UInt8] {
        for _ in 0..<50 {
            if let answer = try? Self.evaluate(message, media: media, with: makeKey(type)) { return answer }
        }
        throw Wrong()
    }

    /// A new key, with what a verifier needs to know.
    private func issuer(_ type: TokenType) throws -> Data {
        let key = try makeKey(type)
        keys.append(key)
        let now = SystemTimeSource().now().wall
        let head = RevocationHead(issuer: "issuer.example", size: 0, root: RevocationList().root, time: now)
        let secret = type.isPubliclyVerifiable ? [] : key.encoded().withUnsafeBytes { Array($0) }
        return try json([
            "key": Hexadecimal.encode(key.publicKey), "secret": Hexadecimal.encode(secret), "now": now.seconds,
            "head": head.signed(with: signer), "authority": Hexadecimal.encode(signer.publicKey.encoded.bytes),
        ])
    }

    /// Puts keys on the list that nobody has, and then one that is named.
    private func revoke(_ keyID: String, filling count: Int) throws -> Data {
        var ids = (0..<count).map { _ in TokenKeyID(Randomness.bytes32()) }
        if let id = TokenKeyID(hexadecimal: keyID) { ids.append(id) }
        for id in ids {
            entries.append(
                RevocationEntry(
                    sequence: UInt64(entries.count) + 1, subject: .key(id), reason: .unspecified,
                    effective: SystemTimeSource().now().wall))
        }
        return try json([:])
    }

    /// The newest head, and entries as `GET /revocations?after=N` gives them: a whole block, the tail from a block's
    /// beginning, or exactly what is missing if that is at most 100.
    private func revocations(after: UInt64) throws -> Data {
        var list = RevocationList()
        for entry in entries { try list.append(entry) }
        let block = UInt64(RevocationDelta.maximumEntryCount)
        var (start, end) = (after / block * block, min(after / block * block + block, list.size))
        if list.size - min(after, list.size) <= 100 { (start, end) = (min(after, list.size), list.size) }
        let part = Array(entries[Int(start)..<Int(end)])
        guard let delta = RevocationDelta(after: start, entries: part) else { throw Wrong() }
        let head = RevocationHead(
            issuer: "issuer.example", size: list.size, root: list.root, time: SystemTimeSource().now().wall)
        return try json([
            "head": head.signed(with: signer), "entries": Hexadecimal.encode(delta.encoded), "size": list.size,
        ])
    }

    private func makeKey(_ type: TokenType) throws -> any TokenPrivateKey {
        guard let scheme = type.scheme else { throw Wrong() }
        return try scheme.makePrivateKey()
    }

    private func keyNamed(in message: [UInt8], media: String, _ type: TokenType) throws -> any TokenPrivateKey {
        let truncated =
            media == MediaType.genericBatchRequest
            ? try GenericBatchTokenRequest(decoding: message).requests[0].truncatedKeyID : message[2]
        let named = try keys.last { key in
            try key.publicKey.count == type.scheme?.publicKeyCount
                && TokenKey(tokenType: type, decoding: key.publicKey).id.truncated == truncated
        }
        guard let named else { throw Wrong() }
        return named
    }

    private static func evaluate(
        _ message: [UInt8], media: String, with key: any TokenPrivateKey
    ) throws -> [UInt8] {
        func single(_ request: TokenRequest) throws -> TokenResponse {
            try TokenResponse(decoding: key.evaluate(request.blindedMessage), tokenType: request.tokenType)
        }
        switch media {
        case MediaType.tokenRequest: return try single(TokenRequest(decoding: message)).encoded
        case MediaType.amortizedBatchRequest:
            return try key.evaluate(AmortizedBatchTokenRequest(decoding: message)).encoded
        default:
            return try GenericBatchTokenResponse(
                GenericBatchTokenRequest(decoding: message).requests.map { try single($0) }).encoded
        }
    }

    private func json(_ object: [String: Any]) throws -> Data { try JSONSerialization.data(withJSONObject: object) }
}
