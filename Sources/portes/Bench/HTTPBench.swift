import Foundation
import HTTPTransport
import LibSodium
import PortesClient
import PortesClientHTTP
import PrivacyPass
import VOPRF

/// Real servers on loopback under load: their processor time a token, latencies and memory.
struct HTTPBench {
    /// How many tokens are issued in batches and redeemed in batches; a tenth of them is redeemed singly.
    let tokenCount: Int
    /// How many requests are under way at once.
    let concurrency: Int
    /// How often the same work is timed in this process.
    let rounds: Int

    /// The loads, each beside what the same work takes in this process in this run.
    func run() async throws -> [HTTPBenchResult] {
        let inProcess = try await ProtocolBench(rounds: rounds).run() + SpendBench(rounds: rounds).run()
        let pairs = ["http-issue-100": "issue-100", "http-redeem-1": "spend-1", "http-redeem-100": "spend-100"]
        return try await load().map { result in
            var result = result
            if let name = pairs[result.name] {
                result.inProcessMicrosecondsPerToken = inProcess.first { $0.name == name }?.perToken
            }
            return result
        }
    }

    private func load() async throws -> [HTTPBenchResult] {
        let place = try DemoDirectory(nil)
        defer { place.remove() }
        let servers = try await DemoServers.start(in: place, withOtherTypes: true)
        do {
            let results = try await run(servers, place) + issueBlindRSA(servers, place)
            await servers.stop()
            return results
        } catch {
            await servers.stop()
            throw error
        }
    }

    private func run(_ servers: DemoServers, _ place: DemoDirectory) async throws -> [HTTPBenchResult] {
        let transport = try HTTPTransport(connections: concurrency)
        let load = HTTPLoad(transport: transport, concurrency: concurrency)
        var results: [HTTPBenchResult] = []
        let idle = try (ProcessUsage(servers.authority.identifier), ProcessUsage(servers.clearing.identifier))
        results.append(.memory("authority-idle", kibibytes: idle.0.residentKiB))
        results.append(.memory("clearing-idle", kibibytes: idle.1.residentKiB))

        let batches = try await issue(load, servers, place, results: &results)
        let single = min(tokenCount / 10, 5_000)
        let tokens = batches.flatMap(\.self)
        let requests = tokens.prefix(single).map { singleRequest($0, url: servers.clearingURL) }
        results.append(
            try await load.run("http-redeem-1", requests, tokensPerRequest: 1, server: servers.clearing.identifier))
        let rest = Array(tokens.dropFirst(single))
        let groups = stride(from: 0, to: rest.count - 99, by: 100).map { Array(rest[$0..<$0 + 100]) }
        results.append(
            try await load.run(
                "http-redeem-100", groups.map { batchRequest($0, url: servers.clearingURL) }, tokensPerRequest: 100,
                server: servers.clearing.identifier))
        results.append(
            .memory(
                "clearing-after-\(single + groups.count * 100)-redemptions",
                kibibytes: try ProcessUsage(servers.clearing.identifier).residentKiB))
        await transport.shutdown()
        return results
    }

    /// Fetches all tokens in batches of 100, with the requests made beforehand.
    private func issue(
        _ load: HTTPLoad, _ servers: DemoServers, _ place: DemoDirectory, results: inout [HTTPBenchResult]
    ) async throws -> [[Token]] {
        let count = tokenCount / 100
        let code = try await voucherCode("session", tokens: count * 100, place)
        let issuer = try IssuerClient(servers.authorityURL, name: ServerName(DemoServers.issuerName))
        let key = try await issuer.currentKey(for: ClientArgument.capability("session"))
        let challenge = try TokenChallenge(
            tokenType: .voprfRistretto255, issuerName: issuer.name, originNames: [ServerName(DemoServers.originName)])
        // Kept as bytes, since a pending request cannot lie in an array.
        let pending = try (0..<count).map { _ in
            let pending = try Client.request(challenge: challenge, tokenKey: key, count: 100)
            guard let stored = pending.encoded() else { throw CommandFailure("requests of this type are not stored") }
            return (request: pending.request.encoded, stored: stored.withUnsafeBytes { Array($0) })
        }
        let requests = pending.map { pending in
            HTTPTransportRequest(
                .post, .url(servers.authorityURL + "/token-request"),
                headers: [("content-type", MediaType.amortizedBatchRequest), ("authorization", "Bearer \(code)")],
                body: pending.request, timeout: .seconds(60))
        }
        let (result, answers) = try await load.runKeepingAnswers(
            "http-issue-100", requests, tokensPerRequest: 100, server: servers.authority.identifier)
        results.append(result)
        return try zip(pending, answers).map { pending, answer in
            try PendingTokens(restoring: SecretBytes(copying: pending.stored)).finalize(answer)
        }
    }

    /// A voucher's code.
    func voucherCode(_ capability: String, tokens: Int, _ place: DemoDirectory) async throws -> String {
        try await ChildProcess.run(
            ["voucher", "create", "--capability", capability, "--tokens", "\(tokens)"] + place.adminFlags
        ).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func singleRequest(_ token: Token, url: String) -> HTTPTransportRequest {
        HTTPTransportRequest(
            .post, .url(url + "/redeem"),
            headers: [
                ("authorization", PrivateTokenCredentials(token: token).fieldValue),
                ("portes-binding", Base64URL.encode(Randomness.bytes(32))),
            ], timeout: .seconds(60))
    }

    private func batchRequest(_ tokens: [Token], url: String) -> HTTPTransportRequest {
        let items = tokens.map { token in
            #"{"binding":"\#(Base64URL.encode(Randomness.bytes(32)))","token":"\#(Base64URL.encode(token.encoded))"}"#
        }
        return HTTPTransportRequest(
            .post, .url(url + "/redeem/batch"), headers: [("content-type", "application/json")],
            body: Array("[\(items.joined(separator: ","))]".utf8), timeout: .seconds(60))
    }
}
