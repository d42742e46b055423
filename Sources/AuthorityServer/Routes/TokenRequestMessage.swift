import PrivacyPass

/// A token request of any form, as its content type says.
enum TokenRequestMessage: Sendable {
    case single(TokenRequest)
    case amortized(AmortizedBatchTokenRequest)
    case generic(GenericBatchTokenRequest)

    /// The forms, and what each needs.
    enum Form: Sendable, CaseIterable {
        case single
        case amortized
        case generic

        /// The form with this media type.
        init?(mediaType: String) {
            guard let form = Form.allCases.first(where: { $0.requestType == mediaType }) else { return nil }
            self = form
        }

        var requestType: String {
            switch self {
            case .single: MediaType.tokenRequest
            case .amortized: MediaType.amortizedBatchRequest
            case .generic: MediaType.genericBatchRequest
            }
        }

        var responseType: String {
            switch self {
            case .single: MediaType.tokenResponse
            case .amortized: MediaType.amortizedBatchResponse
            case .generic: MediaType.genericBatchResponse
            }
        }

        /// The largest body.
        func largestBody(maximumBatch: Int) -> Int {
            switch self {
            case .single: TokenRequest.largestEncodedCount
            // Type, truncated id, length of at most 4 bytes, elements of 32.
            case .amortized: 2 + 1 + 4 + maximumBatch * 32
            case .generic: GenericBatchTokenRequest.largestEncodedCount(of: maximumBatch)
            }
        }
    }

    /// Decodes a body strictly; takes some 10 µs for each element, and 100 for each of type 0x0001.
    init(_ body: [UInt8], form: Form, maximumBatch: Int) throws(MessageError) {
        switch form {
        case .single: self = .single(try TokenRequest(decoding: body))
        case .amortized: self = .amortized(try AmortizedBatchTokenRequest(decoding: body, maximumCount: maximumBatch))
        case .generic: self = .generic(try GenericBatchTokenRequest(decoding: body, maximumCount: maximumBatch))
        }
    }

    /// How many places its evaluation takes on the threads: one for some 20 ms, which are a hundred elements with one
    /// proof, or seven tokens with one each.
    var places: Int {
        switch self {
        case .single, .amortized: 1
        case .generic(let batch): (batch.requests.count + 6) / 7
        }
    }

    /// What is asked for under one key.
    struct Part: Sendable {
        let tokenType: TokenType
        let truncatedKeyID: UInt8
        /// How many tokens.
        var count: Int
        /// The single requests, by their places in the message; none where the message is one whole.
        var items: [(place: Int, request: TokenRequest)] = []
    }

    /// The parts, in the order in which their keys are first named.
    var parts: [Part] {
        switch self {
        case .single(let request):
            return [Part(request, at: 0)]
        case .amortized(let request):
            let count = request.blindedElements.count
            return [Part(tokenType: request.tokenType, truncatedKeyID: request.truncatedKeyID, count: count)]
        case .generic(let batch):
            var parts: [Part] = []
            for (place, request) in batch.requests.enumerated() {
                let index = parts.firstIndex {
                    $0.tokenType == request.tokenType && $0.truncatedKeyID == request.truncatedKeyID
                }
                guard let index else {
                    parts.append(Part(request, at: place))
                    continue
                }
                parts[index].count += 1
                parts[index].items.append((place, request))
            }
            return parts
        }
    }
}

extension TokenRequestMessage.Part {
    fileprivate init(_ request: TokenRequest, at place: Int) {
        self.init(tokenType: request.tokenType, truncatedKeyID: request.truncatedKeyID, count: 1)
        items = [(place, request)]
    }

    /// The part without the requests that a key cannot evaluate, of which there may be none left.
    func without(_ isUnfit: (TokenRequest) -> Bool) -> TokenRequestMessage.Part {
        var part = self
        part.items.removeAll { isUnfit($0.request) }
        part.count -= items.count - part.items.count
        return part
    }
}
