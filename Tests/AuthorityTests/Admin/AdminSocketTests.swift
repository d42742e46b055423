import AuthorityServer
import Foundation
import HTTPTransport
import KeySchedule
import PrivacyPass
import Testing

struct AdminSocketTests {
    @Test func aRunningAuthorityFollowsItsSocketAtOnce() async throws {
        try await RunningAuthority.serving { running in
            let reply = try await send(
                .createKey(KeyParameters(capability: "session", epoch: 100, acceptance: 100)), to: running)
            guard case .key(let key) = reply else { throw UnexpectedReply(reply: reply) }
            let directory = try await running.get(IssuerDirectory.path)
            #expect(try IssuerDirectory(decoding: directory.body).tokenKeys.map(\.tokenKey) == [key.record.publicKey])
            #expect(try await send(.listKeys, to: running) == .keys([key]))
            guard case .refused = try await send(.retireKey(id: "no"), to: running) else { throw CancellationError() }
        }
    }

    @Test func theSocketIsForTheOwnerAlone() async throws {
        try await RunningAuthority.serving { running in
            let attributes = try FileManager.default.attributesOfItem(atPath: running.socketPath)
            #expect((attributes[.posixPermissions] as? Int ?? 0) & 0o777 == 0o600)
        }
    }

    @Test func thePublicPortKnowsNoAdminRequests() async throws {
        try await RunningAuthority.serving { running in
            let (admin, metrics) = try await (running.post([], to: "/admin"), running.get("/metrics"))
            #expect(problem(admin) == "404 not-found" && problem(metrics) == "404 not-found")
        }
    }

    @Test func anUnknownRequestIsRefused() async throws {
        try await RunningAuthority.serving { running in
            for body in ["", "{}", #"{"dropEverything":{}}"#, #"{"listKeys":{}"#] {
                let response = try await post(Array(body.utf8), to: running)
                #expect(problem(response) == "400 bad-request")
            }
            let large = try await post([UInt8](repeating: 0x20, count: 70_000), to: running)
            #expect(problem(large) == "413 content-too-large")
        }
    }

    @Test func metricsCountTokensAndCarryNoNames() async throws {
        try await RunningAuthority.serving { running in
            let (key, voucher) = try await (running.makeKey(), running.makeVoucher())
            let request = try batch(key, blindedElements(7))
            for _ in 0..<2 { _ = try await running.post(request, contentType: batchType, voucher: voucher) }
            let text = try await running.http.send(
                HTTPTransportRequest(.get, .unixSocket(path: running.socketPath, uri: "/metrics"))
            ).text
            #expect(text.contains("portes_tokens_issued_total 7\n"))
            #expect(text.contains(#"portes_token_requests_total{outcome="repeated"} 1"#))
            #expect(!text.contains("session") && !text.contains(voucher))
        }
    }

    private func send(_ request: AdminRequest, to running: RunningAuthority) async throws -> AdminReply {
        let response = try await post(Array(JSONEncoder().encode(request)), to: running)
        #expect(response.status == 200)
        return try JSONDecoder().decode(AdminReply.self, from: Data(response.body))
    }

    private func post(_ body: [UInt8], to running: RunningAuthority) async throws -> HTTPTransportResponse {
        try await running.http.send(
            HTTPTransportRequest(.post, .unixSocket(path: running.socketPath, uri: "/admin"), body: body))
    }
}

extension RunningAuthority {
    func post(_ body: [UInt8], to path: String) async throws -> HTTPTransportResponse {
        try await http.post(url + path, contentType: "application/json", body: body)
    }
}
