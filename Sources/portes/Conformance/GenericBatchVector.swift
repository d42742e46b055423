import PrivacyPass

/// A generic batch of the batched tokens draft (section 6): several issuances, one request and one answer.
struct GenericBatchVector: Decodable {
    private let issuance: [IssuanceItem]
    private let tokenRequest: String?
    private let tokenResponse: String?

    private enum CodingKeys: String, CodingKey {
        case issuance
        case tokenRequest = "token_request"
        case tokenResponse = "token_response"
    }

    func check() -> ConformanceOutcome {
        do {
            if let place = issuance.firstIndex(where: \.isOfUnknownType) {
                try checkFrames(unknownAt: place)
                return .skipped
            }
            return .passed(unchecked: try checkBatch())
        } catch {
            return .failed((error as? ConformanceMismatch)?.field ?? "\(error)")
        }
    }

    /// What can be said of a batch with an item of a type that is not known here: that its messages are framed as they
    /// should be, as far as to that item.
    private func checkFrames(unknownAt place: Int) throws {
        let request = try bytes(tokenRequest, "token_request")
        let response = try bytes(tokenResponse, "token_response")
        try require(GenericBatchTokenRequest.placeOfUnknownType(in: request) == place, "token_request")
        try require(GenericBatchTokenResponse.placeOfUnknownType(in: response) == place, "token_response")
    }

    private func checkBatch() throws -> String? {
        let encodedRequest = try bytes(tokenRequest, "token_request")
        let encodedResponse = try bytes(tokenResponse, "token_response")
        let limit = Int(UInt16.max)
        let request = try named("token_request") {
            try GenericBatchTokenRequest(decoding: encodedRequest, maximumCount: limit)
        }
        let response = try named("token_response") {
            try GenericBatchTokenResponse(decoding: encodedResponse, maximumCount: limit)
        }
        try require(request.encoded == encodedRequest, "token_request")
        try require(response.encoded == encodedResponse, "token_response")
        try require(!issuance.isEmpty && request.requests.count == issuance.count, "token_request")
        try require(response.responses.count == issuance.count, "token_response")
        var unchecked: [String] = []
        for (place, item) in issuance.enumerated() {
            // Which type an item has is said in it, or by its place in the request.
            guard let answer = response.responses[place] else { throw ConformanceMismatch("token_response") }
            do {
                let words = try item.check(request: request.requests[place], response: answer)
                if let words { unchecked.append("token \(place + 1): \(words)") }
            } catch let mismatch as ConformanceMismatch {
                throw ConformanceMismatch("token \(place + 1): \(mismatch.field)")
            }
        }
        return unchecked.isEmpty ? nil : unchecked.joined(separator: "; ")
    }
}
