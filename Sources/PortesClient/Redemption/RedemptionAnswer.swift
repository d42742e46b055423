#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension RedemptionOutcome {
    /// What a response to a token says; throws for one that says nothing of it.
    init(_ response: TransportResponse) throws(RedemptionError) {
        // What is answered where there is no receipt to give, as by `/verify`.
        if response.status == 204 {
            self = .spent(receipt: nil)
            return
        }
        if response.status == 200 {
            guard response.mediaType == "application/json",
                let answer = try? JSONDecoder().decode(Answer.self, from: Data(response.body))
            else { throw .badAnswer }
            switch answer.outcome {
            case "spent": self = .spent(receipt: answer.receipt)
            case "replayed": self = .replayed(receipt: answer.receipt)
            default: throw .badAnswer
            }
            return
        }
        switch Problem(response).name {
        case "already-spent": self = .alreadySpent
        case let name?:
            guard let refusal = Refusal(rawValue: name) else { throw RedemptionError(response) }
            self = .refused(refusal)
        case nil: throw RedemptionError(response)
        }
    }

    private struct Answer: Decodable {
        let outcome: String
        let receipt: String?
    }
}

extension RedemptionError {
    /// What a response means that says nothing of a token.
    init(_ response: TransportResponse) {
        typealias Refusal = RedemptionOutcome.Refusal
        let name = Problem(response).name
        self =
            switch (name.flatMap { Refusal(rawValue: $0) }, response.status) {
            case (.capabilityRevoked, _): .capabilityRevoked
            case (.verifierRevoked, _): .verifierRevoked
            case (_, 429), (_, 503): .overloaded(retryAfter: response.retryAfter)
            // A proxy has a status of its own for a clearing server that cannot answer.
            case _ where name.map(Self.passing.contains) == true: .overloaded(retryAfter: response.retryAfter)
            case (_, 200..<300): .badAnswer
            default: .failed(status: response.status)
            }
    }

    private static let passing: Set = ["not-ready", "overloaded", "storage-unavailable", "shutting-down"]
}
