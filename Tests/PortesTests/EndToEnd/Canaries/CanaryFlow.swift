import Foundation
import HTTPTransport
import Identity
import KeySchedule
import LibSodium
import PortesClient
import PrivacyPass
import Recovery
import Sessions
import SignIn
import Synchronization
import Testing

@testable import portes

/// Every request that a server takes, good and bad, with canaries wherever there is room.
final class CanaryFlow: Sendable {
    private let authority: CanaryConnection.Place
    private let clearing: CanaryConnection.Place
    /// Every answer that came.
    var answers: [CanaryAnswer] { kept.withLock { $0 } }
    private let kept = Mutex<[CanaryAnswer]>([])
    private let text = Array(CanaryRequest.text.utf8)

    init(_ servers: DemoServers) throws {
        authority = try Self.place(servers.authorityURL)
        clearing = try Self.place(servers.clearingURL)
    }

    static func place(_ url: String) throws -> CanaryConnection.Place {
        .port(UInt16(try #require(URL(string: url)?.port)))
    }

    @discardableResult
    private func send(
        _ request: CanaryRequest, to place: CanaryConnection.Place, expecting status: Int?
    ) throws -> CanaryAnswer {
        let answer = CanaryAnswer(bytes: try CanaryConnection.answer(to: request.bytes, at: place))
        let text = String(decoding: answer.bytes, as: UTF8.self)
        // Without a status any refusal that is the client's fault is as good as another.
        let isExpected = status.map { answer.status == $0 } ?? (400..<500).contains(answer.status)
        #expect(isExpected, "\(request.method) \(request.path): \(text)")
        kept.withLock { $0.append(answer) }
        return answer
    }

    /// What anybody may read, of both servers, and what is not there.
    func read(keyID: TokenKeyID) throws {
        let common = ["/.well-known/jwks.json", "/what-we-hold", "/livez", "/readyz"]
        let published = [
            "/.well-known/private-token-issuer-directory", "/revocations", "/revocations/head", "/log/checkpoint",
            "/log/key", "/log/tile/0/000.p/2", "/recovery-records/\(keyID.hexadecimal)/\(String(repeating: "0", count: 64))",
        ]
        func get(_ path: String, _ place: CanaryConnection.Place, _ status: Int = 200) throws {
            try send(CanaryRequest(method: "GET", path: path), to: place, expecting: status)
        }
        for path in common + published { try get(path, authority) }
        for path in common { try get(path, clearing) }
        for name in Canary.all.map({ Canary.queryEncoded($0.value) }) {
            for place in [authority, clearing] {
                try get("/people/\(name)", place, 404)
            }
            try get("/spent/\(name)", clearing, 404)
            try get("/verifiers/\(name)/keys", authority, 404)
            try send(CanaryRequest(method: "DELETE", path: "/redeem"), to: clearing, expecting: 405)
        }
    }

    /// Fetches tokens, and sends everything at the authority that is no request for tokens.
    func fetch(_ count: Int, key: TokenKey, challenge: TokenChallenge, voucher: String) throws -> [Token] {
        let pending = try Client.request(challenge: challenge, tokenKey: key, count: count)
        var request = CanaryRequest(path: "/token-request", contentType: pending.request.mediaType)
        request.body = pending.request.encoded
        try send(request, to: authority, expecting: 401)
        request.authorization = "Bearer \(CanaryRequest.text.replacing("\n", with: " "))"
        try send(request, to: authority, expecting: 401)
        request.authorization = "Bearer \(voucher)"
        let answer = try send(request, to: authority, expecting: 200)
        let again = CanaryRequest(
            path: "/token-request/recovery", contentType: pending.request.mediaType, body: pending.request.encoded)
        try send(again, to: authority, expecting: 200)
        let (type, verifier) = (pending.request.mediaType, Base64URL.encode(Randomness.bytes(32), padded: false))
        let named = "text/plain; name=\"Wilhelmina Quellwasser\""
        let bad = [
            CanaryRequest(path: "/token-request", contentType: type, authorization: request.authorization, body: text),
            CanaryRequest(path: "/token-request/recovery", contentType: type, body: text),
            CanaryRequest(path: "/token-request", contentType: named, body: text),
            CanaryRequest(path: "/verifiers/\(verifier)/counts", contentType: "application/jose", body: text),
        ]
        for (request, status) in zip(bad, [422, 404, 415, 404]) { try send(request, to: authority, expecting: status) }
        try keep(key: key, voucher: voucher)
        return try pending.finalize(answer.body)
    }

    /// Recovery records: what is sealed in one is a client's own, and sealed; a canary in the place of one is refused.
    private func keep(key: TokenKey, voucher: String) throws {
        let record = try #require(
            RecoveryRecord(
                lookup: RecoveryRecord.Lookup(Randomness.bytes32()), keyID: key.id, sealed: Randomness.bytes(200)))
        for (body, status) in [(record.encoded, 204), (text, 422), (Array(text.prefix(60)), 422)] {
            let request = CanaryRequest(
                path: RecoveryRecord.path, contentType: RecoveryRecord.mediaType, authorization: "Bearer \(voucher)",
                body: body)
            try send(request, to: authority, expecting: status)
        }
    }

    /// Spends tokens each way, with canaries for what they are spent on, and gives one up. Takes four tokens.
    func spend(_ tokens: [Token]) throws {
        let fields = tokens.map { PrivateTokenCredentials(token: $0).fieldValue }
        let canary = Base64URL.encode(Array("order of Wilhelmina Quellwasser".utf8), padded: false)
        let other = Base64URL.encode(Array("wilhelmina.quellwasser@canary.example".utf8), padded: false)
        for (binding, status) in [("Wilhelmina Quellwasser", 400), (canary, 200), (canary, 200), (other, 409)] {
            let request = CanaryRequest(path: "/redeem", authorization: fields[0], binding: binding, body: text)
            try send(request, to: clearing, expecting: status)
        }
        for authorization in [nil, "PrivateToken token=\"\(other)\"", "Basic \(other)"] {
            try send(CanaryRequest(path: "/redeem", authorization: authorization), to: clearing, expecting: 401)
            try send(CanaryRequest(path: "/verify", authorization: authorization), to: clearing, expecting: 401)
        }
        try send(CanaryRequest(path: "/verify", authorization: fields[1], body: text), to: clearing, expecting: 204)
        try send(CanaryRequest(path: "/verify", authorization: fields[1], body: text), to: clearing, expecting: 401)
        let token = Base64URL.encode(tokens[2].encoded)
        let good = "[{\"token\":\"\(token)\",\"binding\":\"\(other)\"},{\"token\":\"\(other)\"}]"
        let bad = "[{\"token\":\"\(token)\",\"name\":\"Wilhelmina Quellwasser\"}]"
        for (body, status) in [(bad, 400), (good, 200), (CanaryRequest.text, 400)] {
            let request = CanaryRequest(path: "/redeem/batch", contentType: "application/json", body: Array(body.utf8))
            try send(request, to: clearing, expecting: status)
        }
        let surrender = CanaryRequest(path: "/revocations/tokens", authorization: fields[3], body: text)
        try send(surrender, to: authority, expecting: 200)
        let none = CanaryRequest(path: "/revocations/tokens", authorization: "PrivateToken token=\"\(other)\"")
        try send(none, to: authority, expecting: 422)
    }

    /// Opens sessions, one of them bound to a key, shows them with what should not be there, and closes one.
    func useSessions(_ tokens: [Token], at url: String? = nil, level: String? = nil) throws {
        let service = try url.map { try Self.place($0) } ?? clearing
        let field = PrivateTokenCredentials(token: tokens[0]).fieldValue
        let canary = Base64URL.encode(Array("Wilhelmina Quellwasser".utf8), padded: false)
        for (authorization, status) in [(nil, 401), ("Bearer \(canary)", 401), (field, 200), (field, 200)] {
            let request = CanaryRequest(path: "/sessions", authorization: authorization, body: text)
            try send(request, to: service, expecting: status)
        }
        let session = try text(ofSessionIn: #require(answers.last))
        let key = DeviceKey(seed: SecretBytes(randomCount: 32))
        let device = try #require(key)
        var bound = CanaryRequest(
            path: "/sessions", authorization: PrivateTokenCredentials(token: tokens[1]).fieldValue, body: text)
        bound.proof = "\(canary).\(canary).\(canary)"
        try send(bound, to: service, expecting: 401)
        bound.proof = device.proof(
            method: "POST", uri: "http://localhost/sessions",
            credential: Base64URL.encode(tokens[1].encoded, padded: false), at: SystemTimeSource().now().wall)
        _ = try text(ofSessionIn: send(bound, to: service, expecting: 200))
        if let level {
            for (authorization, status) in [("Bearer \(session)", 200), ("DPoP \(session)", 401), (nil, 401)] {
                try send(
                    CanaryRequest(method: "GET", path: level, authorization: authorization), to: service,
                    expecting: status)
            }
        }
        for (authorization, status) in [("Bearer \(canary)", 401), ("Bearer \(session)", 204), ("DPoP \(canary)", 401)] {
            let request = CanaryRequest(method: "DELETE", path: "/sessions", authorization: authorization)
            try send(request, to: service, expecting: status)
        }
        try send(CanaryRequest(method: "GET", path: "/sessions/closed"), to: service, expecting: 200)
    }

    private func text(ofSessionIn answer: CanaryAnswer) throws -> String {
        let members = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        return try #require(members?["access_token"] as? String)
    }

    /// Waits until it is published what was spent under a key, and reads it with canaries.
    func readSpent(_ keyID: TokenKeyID) throws {
        let request = CanaryRequest(method: "GET", path: "/spent/\(keyID.hexadecimal)")
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            let answer = CanaryAnswer(bytes: try CanaryConnection.answer(to: request.bytes, at: clearing))
            if answer.status == 200 { break }
            Thread.sleep(forTimeInterval: 0.05)
        }
        try send(request, to: clearing, expecting: 200)
    }

    /// Sends what is no account's at every route for accounts.
    func knockAtAccounts() throws {
        try send(CanaryRequest(method: "GET", path: "/accounts/challenge"), to: authority, expecting: 200)
        let canary = Base64URL.encode(Array("wilhelmina.quellwasser@canary.example".utf8), padded: false)
        let statement = "{\"salt\":\"\(canary)\",\"token\":\"\(canary).\(canary).\(canary)\"}"
        for authorization in [nil, "Bearer \(canary)", "PortesAccount key=\"\(canary)\", signature=\"\(canary)\""] {
            for (path, body) in [("/accounts", text), ("/accounts", Array(statement.utf8)), ("/accounts/statements", text),
                ("/accounts/statements", Array(statement.utf8))] {
                let request = CanaryRequest(
                    path: path, contentType: "application/json", authorization: authorization, body: body)
                try send(request, to: authority, expecting: nil)
            }
            try send(CanaryRequest(method: "DELETE", path: "/accounts", authorization: authorization), to: authority, expecting: nil)
        }
    }

    /// Signs in at a service, and has the account of another person erased.
    func signIn(at url: String) throws {
        let service = try Self.place(url)
        for method in ["POST", "DELETE"] {
            let request = CanaryRequest(method: method, path: "/sign-in", contentType: "text/plain", body: text)
            try send(request, to: service, expecting: 400)
        }
        let stays = KeptIdentity()
        let goes = KeptIdentity()
        try answer(stays, "POST", at: service, expecting: 200)
        try answer(goes, "POST", at: service, expecting: 200)
        try answer(goes, "DELETE", at: service, expecting: 204)
    }

    private func answer(
        _ identity: borrowing KeptIdentity, _ method: String, at service: CanaryConnection.Place, expecting status: Int
    ) throws {
        // A query of its own: the one with canaries comes behind it.
        let path = method == "DELETE" ? "/sign-in?purpose=erase&x=" : "/sign-in"
        let asked = try send(CanaryRequest(method: "GET", path: path), to: service, expecting: 200)
        var line = String(decoding: asked.body, as: UTF8.self)
        if line.hasSuffix("\n") { line.removeLast() }
        let body = Array(identity.answer(to: try SignInChallenge(text: line)).text.utf8)
        let request = CanaryRequest(method: method, path: "/sign-in", contentType: "text/plain", body: body)
        try send(request, to: service, expecting: status)
        try send(request, to: service, expecting: 409)
    }
}
