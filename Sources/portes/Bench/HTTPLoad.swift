import HTTPTransport

/// Sends many requests, a few at a time, and measures.
struct HTTPLoad {
    let transport: HTTPTransport
    let concurrency: Int

    /// Sends all requests and measures the server process meanwhile; throws unless each is answered with 200.
    func run(
        _ name: String, _ requests: [HTTPTransportRequest], tokensPerRequest: Int, server: Int32
    ) async throws -> HTTPBenchResult {
        try await runKeepingAnswers(name, requests, tokensPerRequest: tokensPerRequest, server: server).0
    }

    /// As ``run(_:_:tokensPerRequest:server:)``, with the answers' bodies in the order of the requests.
    func runKeepingAnswers(
        _ name: String, _ requests: [HTTPTransportRequest], tokensPerRequest: Int, server: Int32
    ) async throws -> (HTTPBenchResult, [[UInt8]]) {
        let before = try ProcessUsage(server)
        var answers = [[UInt8]](repeating: [], count: requests.count)
        var milliseconds: [Double] = []
        try await withThrowingTaskGroup(of: (Int, [UInt8], Double).self) { group in
            var next = 0
            for index in requests.indices {
                if next >= concurrency, let (done, body, time) = try await group.next() {
                    answers[done] = body
                    milliseconds.append(time)
                }
                group.addTask { try await send(requests[index], index: index) }
                next += 1
            }
            for try await (done, body, time) in group {
                answers[done] = body
                milliseconds.append(time)
            }
        }
        let after = try ProcessUsage(server)
        let tokens = Double(requests.count * tokensPerRequest)
        let result = HTTPBenchResult(
            name: name,
            serverMicrosecondsPerToken: (after.processorMicroseconds - before.processorMicroseconds) / tokens,
            latencies: Latencies(milliseconds), residentMiB: Double(after.residentKiB) / 1024)
        return (result, answers)
    }

    private func send(_ request: HTTPTransportRequest, index: Int) async throws -> (Int, [UInt8], Double) {
        let start = ContinuousClock.now
        let response = try await transport.send(request)
        guard response.status == 200 else { throw CommandFailure("a server answered with status \(response.status)") }
        return (index, response.body, (ContinuousClock.now - start) / .milliseconds(1))
    }
}
