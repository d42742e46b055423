internal import KeySchedule
internal import LibSodium
internal import PrivacyPass
internal import Sessions

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension OriginClient {
    /// Where services open and close sessions.
    public static let sessionPath = "/sessions"

    /// Presents a token that is to open a session, bound to the key of a 32-byte seed where one is given.
    func open(
        _ spending: borrowing Spending, seed: [UInt8], path: String
    ) async throws(RedemptionError) -> (RedemptionOutcome, Session?) {
        guard spending.origin.isSameServer(as: name) else { throw .wrongOrigin }
        var headers = [spending.authorization]
        if !seed.isEmpty, let key = DeviceKey(seed: SecretBytes(copying: seed)) {
            let proof = key.proof(
                method: "POST", uri: url.appending(path: path),
                credential: Base64URL.encode(spending.token.encoded, padded: false), at: now())
            headers.append(HeaderField(ProofOfPossession.fieldName, proof))
        }
        let asked = now()
        let response = try await send(path: path, headers: headers)
        guard response.status == 200 || response.status == 201 else { return (try Self.refusal(in: response), nil) }
        guard response.mediaType == "application/json",
            let answer = try? JSONDecoder().decode(Answer.self, from: Data(response.body)),
            (0...Session.longestLife).contains(answer.expiresIn),
            // Counted from when it was asked for, so that it never seems to last longer than it does.
            let session = Session(
                text: answer.accessToken, seed: seed, expiry: asked.adding(seconds: answer.expiresIn))
        else { throw .badAnswer }
        return (.spent(receipt: nil), session)
    }

    /// Asks a service to end a session now; one that has ended is as good.
    func close(_ session: Session, path: String) async throws(RedemptionError) {
        let headers = session.headers(for: "DELETE", url.appending(path: path), at: now())
        let response = try await send(.delete, path: path, headers: headers)
        guard response.status != 204 else { return }
        switch SessionProblem(response) {
        case .over?: return
        case .badProof?: throw .proofRefused
        case nil: throw RedemptionError(response)
        }
    }

    private static func refusal(in response: TransportResponse) throws(RedemptionError) -> RedemptionOutcome {
        switch SessionProblem(response) {
        // The token opened it, and opens no other.
        case .over?: return .alreadySpent
        case .badProof?: throw .proofRefused
        case nil: return try RedemptionOutcome(response)
        }
    }

    private struct Answer: Decodable {
        let accessToken: String
        let expiresIn: Int64

        enum CodingKeys: String, CodingKey {
            case accessToken = "access_token"
            case expiresIn = "expires_in"
        }
    }
}

/// What a response says of a session.
private enum SessionProblem {
    /// It ended or was closed, or the service has another key by now.
    case over
    /// The proof of its key is not taken.
    case badProof

    init?(_ response: TransportResponse) {
        switch Problem(response).name {
        case "session-expired", "session-closed", "bad-session-signature": self = .over
        case "bad-proof", "stale-proof", "replayed-proof", "proof-required": self = .badProof
        default: return nil
        }
    }
}
