import Foundation
import HTTPTransport
import KeySchedule
import KeyTransparency
import ServerSupport
import TestSupport
import Testing
import WitnessServer
import Witnessing

/// A witness of ours on loopback.
struct RunningWitness: Sendable {
    let application: WitnessApplication
    let transport: HTTPTransport
    let url: String

    var key: NoteVerificationKey { application.verificationKey }
    var witness: Witness { Witness(submissionPrefix: url, key: key)! }
    var client: WitnessClient { WitnessClient(transport: transport, timeout: .seconds(60)) }

    /// Runs a witness of these logs while `body` runs; `directory` keeps the data for another run.
    static func run(
        _ logs: [NoteVerificationKey], in directory: TemporaryDirectory? = nil, name: String? = "witness.example/w1",
        time: any TimeSource = SystemTimeSource(), _ body: @escaping @Sendable (RunningWitness) async throws -> Void
    ) async throws {
        let temporary = try directory ?? TemporaryDirectory()
        let configuration = WitnessConfiguration(
            dataDirectory: temporary.path, name: name.flatMap { NoteKeyName($0) }, logs: try #require(KnownLogs(logs)),
            server: ServerConfiguration(
                address: ListenAddress(host: "127.0.0.1", port: 0), shutdownDuration: .seconds(1)))
        let application = try WitnessApplication(configuration, time: time, logger: quiet)
        try await withServices(application.services) {
            let transport = try HTTPTransport(connections: 64)
            let running = RunningWitness(
                application: application, transport: transport, url: "http://127.0.0.1:\(try await application.port)")
            let result: Result<Void, any Error>
            do { result = .success(try await body(running)) } catch { result = .failure(error) }
            await transport.shutdown()
            try result.get()
        }
    }

    func post(_ body: [UInt8]) async throws -> HTTPTransportResponse {
        try await transport.post(
            url + "/add-checkpoint", contentType: "text/plain", body: body, timeout: .seconds(60))
    }

    func post(_ request: AddCheckpointRequest) async throws -> HTTPTransportResponse { try await post(request.encoded) }

    /// Has a size cosigned from another one on, and gives the cosignature's time.
    func cosign(_ log: GrowingLog, old: UInt64, new: UInt64) async throws -> UnixTime {
        let response = try await post(log.request(old: old, new: new))
        let time = try time(of: response, log.checkpoint(new).checkpoint)
        return try #require(time, "\(response.status)")
    }

    /// The time of the cosignature in an answer, if it is one.
    func time(of response: HTTPTransportResponse, _ checkpoint: Checkpoint) throws -> UnixTime? {
        guard response.status == 200 else { return nil }
        let signature = try #require(NoteSignature(line: response.text.dropLast()))
        #expect(key.made(signature))
        let time = key.cosignatureTime(signature, for: checkpoint.text)
        #expect(time != nil, "the cosignature does not hold")
        return time
    }

    func isReady() async throws -> Bool { try await transport.get(url + "/readyz").status == 200 }
}

extension HTTPTransportResponse {
    /// The status, and the name of the problem in the body or the body.
    var summary: String {
        let object = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
        let problem = (object?["type"] as? String).map { $0.dropFirst("urn:portes:problem:".count) }
        return "\(status) " + (problem.map(String.init) ?? text)
    }
}
