import LibSodium
import Testing
import TestSupport
@testable import PrivacyPass

@Suite struct GenericBatchTests {
    /// A request and a response of each type, in the order of the table.
    private let requests: [TokenRequest]
    private let responses: [TokenResponse]

    init() throws {
        var pairs: [(TokenRequest, TokenResponse)] = []
        for scheme in TokenSchemes.all {
            let key = try scheme.makePrivateKey()
            let message = try scheme.blind([Randomness.bytes(98)], publicKey: key.publicKey)[0].blindedMessage
            pairs.append(
                try (
                    TokenRequest(tokenType: scheme.tokenType, truncatedKeyID: 7, blindedMessage: message),
                    TokenResponse(decoding: key.evaluate(message), tokenType: scheme.tokenType)
                ))
        }
        requests = pairs.map(\.0)
        responses = pairs.map(\.1)
    }

    @Test func aBatchOfAllTypesSurvivesItsEncodingWithItsPlaces() throws {
        let batch = try GenericBatchTokenRequest(requests + requests.reversed())
        #expect(try GenericBatchTokenRequest(decoding: batch.encoded) == batch)
        let answer = try GenericBatchTokenResponse([nil] + responses + [nil])
        #expect(try GenericBatchTokenResponse(decoding: answer.encoded) == answer)
    }

    @Test func eachRequestNamesItsTypeOnce() throws {
        let (one, other) = (requests[0], requests[1])
        let items = one.encoded + other.encoded
        // 35 + 259 bytes, in two bytes of length.
        #expect(try GenericBatchTokenRequest([one, other]).encoded == [0x41, 0x26] + items)
        // As a literal reading of the draft has it, with each type written twice.
        let twice = one.encoded.prefix(2) + one.encoded
        #expect(throws: MessageError.invalidEncoding) {
            try GenericBatchTokenRequest(decoding: [UInt8(twice.count)] + twice)
        }
    }

    @Test func obsoleteFramingsAreRefused() throws {
        // Lengths of two bytes, and a presence byte or length in front of each item.
        let one = requests[0].encoded
        for old in [[0, UInt8(one.count)] + one, [UInt8(one.count + 2), 0, UInt8(one.count)] + one] {
            #expect(throws: MessageError.self) { try GenericBatchTokenRequest(decoding: old) }
        }
        let answer = responses[0].encoded
        for old in [[0, UInt8(answer.count)] + answer, [0x40, UInt8(answer.count + 1), 1] + answer] {
            #expect(throws: MessageError.self) { try GenericBatchTokenResponse(decoding: old) }
        }
    }

    @Test func anUnknownTypeAmongOthersIsRefusedByName() throws {
        let items = requests[0].encoded + [0xDA, 0x7A] + [UInt8](repeating: 1, count: 40)
        #expect(throws: MessageError.unsupportedTokenType) {
            try GenericBatchTokenRequest(decoding: [0x40, UInt8(items.count)] + items)
        }
        let places = [0, 1, 0xDA, 0x7A] + [UInt8](repeating: 1, count: 20)
        #expect(throws: MessageError.unsupportedTokenType) {
            try GenericBatchTokenResponse(decoding: [UInt8(places.count)] + places)
        }
    }

    @Test func lengthsThatAreOverlongOrClaimMoreOrLessAreRefusedByName() throws {
        let one = requests[0].encoded
        let cases: [([UInt8], MessageError)] = [
            ([0], .emptyBatch), ([], .truncated), ([0x40, UInt8(one.count)] + one, .nonMinimalInteger),
            ([0x80, 0, 0, UInt8(one.count)] + one, .nonMinimalInteger), ([UInt8(one.count + 1)] + one, .truncated),
            ([UInt8(one.count - 1)] + one, .trailingBytes), ([UInt8(one.count - 1)] + one.dropLast(), .truncated),
            ([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff] + one, .truncated),
        ]
        for (bytes, error) in cases {
            #expect(throws: error, "\(bytes.prefix(4))") { try GenericBatchTokenRequest(decoding: bytes) }
        }
        #expect(throws: MessageError.invalidEncoding) { try GenericBatchTokenResponse(decoding: [1, 2]) }
        #expect(throws: MessageError.emptyBatch) { try GenericBatchTokenResponse(decoding: [0]) }
    }

    @Test func oneItemMoreThanTheLimitIsRefused() throws {
        let batch = try GenericBatchTokenRequest(requests)
        #expect(throws: MessageError.tooManyItems) {
            try GenericBatchTokenRequest(decoding: batch.encoded, maximumCount: requests.count - 1)
        }
        let answer = try GenericBatchTokenResponse(decoding: [3, 0, 0, 0])
        #expect(answer.responses == [nil, nil, nil])
        #expect(throws: MessageError.tooManyItems) {
            try GenericBatchTokenResponse(decoding: [3, 0, 0, 0], maximumCount: 2)
        }
        let largest = try GenericBatchTokenRequest([TokenRequest](repeating: requests[1], count: 100))
        #expect(largest.encoded.count <= GenericBatchTokenRequest.largestEncodedCount(of: 100))
    }

    @Test func everyTruncationIsRefused() throws {
        let (batch, answer) = try (GenericBatchTokenRequest(requests).encoded, GenericBatchTokenResponse(responses).encoded)
        for count in 0..<batch.count {
            #expect(throws: MessageError.self) { try GenericBatchTokenRequest(decoding: Array(batch.prefix(count))) }
        }
        for count in 0..<answer.count {
            #expect(throws: MessageError.self) { try GenericBatchTokenResponse(decoding: Array(answer.prefix(count))) }
        }
    }
}
