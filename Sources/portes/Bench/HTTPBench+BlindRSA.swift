import CryptoExtras
import HTTPTransport
import KeySchedule
import PortesClient
import PortesClientHTTP
import PrivacyPass

/// Blind RSA over HTTP: what it costs the authority, and what other requests notice of it.
extension HTTPBench {
    /// How many other requests are timed, one after the other.
    private static let probeCount = 1_000
    /// How many batches of blind RSA are under way meanwhile.
    private static let disturbance = 8

    /// Issues tokens in batches of 100; then times single requests of type 0x0005, and of the directory, with and
    /// without such batches under way.
    func issueBlindRSA(_ servers: DemoServers, _ place: DemoDirectory) async throws -> [HTTPBenchResult] {
        let transport = try HTTPTransport(connections: concurrency)
        let load = HTTPLoad(transport: transport, concurrency: concurrency)
        let batches = try await batches(count: max(tokenCount / 500, 10), servers, place)
        var results = [try await issue(batches, load, servers)]
        let directory = HTTPTransportRequest(.get, .url(servers.authorityURL + IssuerDirectory.path))
        let probes = [
            ("http-directory", [HTTPTransportRequest](repeating: directory, count: Self.probeCount)),
            ("http-issue-1", try await singleRequests(servers, place)),
        ]
        for (name, requests) in probes {
            // Sent again they would be answered without a charge: some for each time.
            let halves = (Array(requests.prefix(requests.count / 2)), Array(requests.suffix(requests.count / 2)))
            let quiet = try await probe(name, halves.0, servers)
            var disturbed = try await beside(batches, servers) {
                try await probe(name + "-beside-rsa", halves.1, servers)
            }
            disturbed.p99Ratio = disturbed.latencies.flatMap { one in quiet.latencies.map { one.p99 / $0.p99 } }
            results += [quiet, disturbed]
        }
        await transport.shutdown()
        return results
    }

    /// Issues batches one at a time, each beside as many bare signatures in this process; gives the one whose ratio is
    /// the median. The speed of a shared machine changes from one second to the next, and with what its other
    /// processors do.
    private func issue(
        _ batches: [HTTPTransportRequest], _ load: HTTPLoad, _ servers: DemoServers
    ) async throws -> HTTPBenchResult {
        let fixture = try TokenTypeFixture(.blindRSA2048, count: 100)
        let bare = try fixture.blindRSAPrivateKey()
        let messages = try fixture.requests.map { try TokenRequest(decoding: $0).blindedMessage }
        var results: [(ratio: Double, result: HTTPBenchResult)] = []
        for batch in batches {
            let watch = Stopwatch()
            for message in messages { _ = try? bare.blindSignature(for: message) }
            let floor = watch.microseconds / Double(messages.count)
            var result = try await load.run(
                "http-issue-rsa-100", [batch], tokensPerRequest: 100, server: servers.authority.identifier)
            result.inProcessMicrosecondsPerToken = floor
            results.append(((result.serverMicrosecondsPerToken ?? 0) / floor, result))
        }
        results.sort { $0.ratio < $1.ratio }
        return results[(results.count - 1) / 2].result
    }

    /// One request at a time, on a connection of its own.
    private func probe(
        _ name: String, _ requests: [HTTPTransportRequest], _ servers: DemoServers
    ) async throws -> HTTPBenchResult {
        let transport = try HTTPTransport(connections: 1)
        let result = try await HTTPLoad(transport: transport, concurrency: 1)
            .run(name, requests, tokensPerRequest: 1, server: servers.authority.identifier)
        await transport.shutdown()
        // The processor time is that of whatever else went on.
        return HTTPBenchResult(name: name, latencies: result.latencies, residentMiB: result.residentMiB)
    }

    /// Runs `body` while batches are under way. A batch that is sent again is evaluated again.
    private func beside(
        _ batches: [HTTPTransportRequest], _ servers: DemoServers, _ body: () async throws -> HTTPBenchResult
    ) async throws -> HTTPBenchResult {
        let transport = try HTTPTransport(connections: Self.disturbance)
        let load = Task {
            let load = HTTPLoad(transport: transport, concurrency: Self.disturbance)
            while !Task.isCancelled {
                _ = try await load.run("", batches, tokensPerRequest: 100, server: servers.authority.identifier)
            }
        }
        let result = try await body()
        load.cancel()
        _ = await load.result
        await transport.shutdown()
        return result
    }

    /// Generic batches of 100 requests of type 0x0002, paid for.
    private func batches(
        count: Int, _ servers: DemoServers, _ place: DemoDirectory
    ) async throws -> [HTTPTransportRequest] {
        let code = try await voucherCode(DemoServers.entry, tokens: count * 100, place)
        let requests = try await requests(count, of: 100, .blindRSA2048, DemoServers.entry, servers)
        return requests.map { request(MediaType.genericBatchRequest, $0, code, servers) }
    }

    /// Requests for one token of type 0x0005, paid for.
    private func singleRequests(_ servers: DemoServers, _ place: DemoDirectory) async throws -> [HTTPTransportRequest] {
        let code = try await voucherCode("session", tokens: Self.probeCount, place)
        let requests = try await requests(Self.probeCount, of: 1, .voprfRistretto255, "session", servers)
        return requests.map { request(MediaType.tokenRequest, $0, code, servers) }
    }

    private func requests(
        _ count: Int, of size: Int, _ tokenType: TokenType, _ capability: String, _ servers: DemoServers
    ) async throws -> [[UInt8]] {
        let issuer = try IssuerClient(servers.authorityURL, name: ServerName(DemoServers.issuerName))
        let key = try await issuer.currentKey(for: ClientArgument.capability(capability))
        let challenge = try TokenChallenge(
            tokenType: tokenType, issuerName: issuer.name, originNames: [ServerName(DemoServers.originName)])
        return try (0..<count).map { _ in
            try Client.request(challenge: challenge, tokenKey: key, count: size).request.encoded
        }
    }

    private func request(
        _ mediaType: String, _ body: [UInt8], _ code: String, _ servers: DemoServers
    ) -> HTTPTransportRequest {
        HTTPTransportRequest(
            .post, .url(servers.authorityURL + "/token-request"),
            headers: [("content-type", mediaType), ("authorization", "Bearer \(code)")],
            body: body, timeout: .seconds(60))
    }
}
