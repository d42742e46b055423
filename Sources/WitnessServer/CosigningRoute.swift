internal import HTTPTypes
internal import Hummingbird
internal import KeyTransparency
internal import NIOCore
internal import ServerSupport
internal import WitnessStore

/// `POST /add-checkpoint` (C2SP tlog-witness).
struct CosigningRoute: Sendable {
    let logs: KnownLogs
    let database: WitnessDatabase
    let clock: SteadyClock
    let pool: ComputePool
    let metrics: WitnessMetrics
    let report: WitnessReport

    func add(to router: Router<ServerContext>) {
        router.post("/add-checkpoint") { request, _ in
            let body = try await request.body(upTo: AddCheckpointRequest.maximumCount)
            let outcome: CosigningOutcome
            do {
                outcome = try await cosign([UInt8](buffer: body))
            } catch {
                metrics.count(error)
                throw error
            }
            metrics.count(outcome)
            return try response(to: outcome)
        }
    }

    private func cosign(_ body: [UInt8]) async throws -> CosigningOutcome {
        let (request, log) = try await pool.run { [logs] in try Self.read(body, logs: logs) }
        do {
            let outcome = try await database.cosign(log, oldSize: request.oldSize, proof: request.proof) { clock.now }
            report.note(outcome, of: log.checkpoint)
            return outcome
        } catch {
            report.note(error)
            throw HTTPProblem.storageUnavailable
        }
    }

    /// The request in a body, with the checkpoint whose signature holds.
    private static func read(_ body: [UInt8], logs: KnownLogs) throws -> (AddCheckpointRequest, LogCheckpoint) {
        let request: AddCheckpointRequest
        do {
            request = try AddCheckpointRequest(decoding: body)
        } catch {
            throw HTTPProblem.badRequest("this is no add-checkpoint request")
        }
        let keys = logs.keys(of: request.checkpoint.unverifiedText.prefix { $0 != "\n" })
        guard !keys.isEmpty else { throw HTTPProblem.unknownLog }
        do throws(NoteError) {
            return (request, try LogCheckpoint(verifying: request.checkpoint, keys: keys))
        } catch {
            switch error {
            case .unknownSigner, .invalidSignature: throw HTTPProblem.untrustedSignature
            case .malformed, .tooLarge, .wrongOrigin: throw HTTPProblem.badRequest("this is no checkpoint")
            }
        }
    }

    private func response(to outcome: CosigningOutcome) throws -> Response {
        switch outcome {
        case .cosigned(let signature):
            return text(signature.line + "\n", type: "text/plain; charset=utf-8")
        case .conflict(let size), .otherHistory(let size):
            return text("\(size)\n", status: .conflict, type: "text/x.tlog.size")
        case .inconsistent: throw HTTPProblem.inconsistentProof
        case .badRequest: throw HTTPProblem.badRequest("the old size and the proof do not fit the checkpoint")
        case .wrongClock: throw HTTPProblem.wrongClock
        }
    }

    private func text(_ text: String, status: HTTPResponse.Status = .ok, type: String) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

extension HTTPProblem {
    /// 404: the log is not among those that are cosigned.
    static let unknownLog = HTTPProblem(.notFound, name: "unknown-log", title: "The witness does not know this log")

    /// 403: no signature of a key of the log holds.
    static let untrustedSignature = HTTPProblem(
        .forbidden, name: "untrusted-signature", title: "The checkpoint is not signed by a key of its log")

    /// 422: the proof does not show that the log has only grown.
    static let inconsistentProof = HTTPProblem(
        .unprocessableContent, name: "inconsistent-proof",
        title: "The proof does not show that the log has only grown")

    /// 503: nothing is signed while it is not known what time it is.
    static let wrongClock = HTTPProblem.unavailable(
        name: "wrong-clock", title: "The witness's clock is wrong", retryAfter: 60)

    /// 503: the disk does not take what would be cosigned; nothing was.
    static let storageUnavailable = HTTPProblem.unavailable(
        name: "storage-unavailable", title: "The witness cannot record the checkpoint", retryAfter: 5)
}
