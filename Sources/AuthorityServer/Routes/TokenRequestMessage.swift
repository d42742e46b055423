import Attestation
import Issuance
import KeySchedule
import PrivacyPass

/// A token request of either form, as its content type says.
enum TokenRequestMessage: Sendable {
    case single(TokenRequest)
    case batch(AmortizedBatchTokenRequest)

    /// The forms, and what each needs.
    enum Form: Sendable, CaseIterable {
        case single
        case batch

        /// The form with this media type.
        init?(mediaType: String) {
            guard let form = Form.allCases.first(where: { $0.requestType == mediaType }) else { return nil }
            self = form
        }

        var requestType: String { self == .single ? MediaType.tokenRequest : MediaType.amortizedBatchRequest }
        var responseType: String { self == .single ? MediaType.tokenResponse : MediaType.amortizedBatchResponse }

        /// The largest body: type, truncated id, length of at most 4 bytes, elements of 32.
        func largestBody(maximumBatch: Int) -> Int {
            self == .single ? TokenRequest.encodedCount : 2 + 1 + 4 + maximumBatch * 32
        }
    }

    /// Decodes a body strictly; takes some 10 µs for each element.
    init(_ body: [UInt8], form: Form, maximumBatch: Int) throws(MessageError) {
        switch form {
        case .single: self = .single(try TokenRequest(decoding: body))
        case .batch: self = .batch(try AmortizedBatchTokenRequest(decoding: body, maximumCount: maximumBatch))
        }
    }

    var truncatedKeyID: UInt8 {
        switch self {
        case .single(let request): request.truncatedKeyID
        case .batch(let request): request.truncatedKeyID
        }
    }

    var tokenType: TokenType {
        switch self {
        case .single(let request): request.tokenType
        case .batch(let request): request.tokenType
        }
    }

    /// How many tokens are requested.
    var count: Int {
        switch self {
        case .single: 1
        case .batch(let request): request.blindedElements.count
        }
    }

    /// The encoded answer of the issuer under a key.
    func evaluated(by issuer: Issuer, under id: TokenKeyID, at time: UnixTime) throws(Issuer.IssuanceError) -> [UInt8] {
        switch self {
        case .single(let request): try issuer.evaluate(request, under: id, at: time).encoded
        case .batch(let request): try issuer.evaluate(request, under: id, at: time).encoded
        }
    }
}
