import LibSodium
import Testing
@testable import PrivacyPass

@Suite struct BatchTests {
    private func batch(length: [UInt8], elements: [UInt8]) -> [UInt8] { [0, 5, 1] + length + elements }

    @Test func anEmptyBatchIsRefused() {
        #expect(throws: MessageError.emptyBatch) {
            try AmortizedBatchTokenRequest(decoding: self.batch(length: [0], elements: []))
        }
        #expect(throws: MessageError.emptyBatch) {
            try AmortizedBatchTokenRequest(truncatedKeyID: 1, blindedElements: [])
        }
    }

    @Test(arguments: [[0x40, 0x20], [0x80, 0, 0, 0x20], [0xc0, 0, 0, 0, 0, 0, 0, 0x20]] as [[UInt8]])
    func aLengthThatIsNotInItsShortestFormIsRefused(length: [UInt8]) throws {
        let element = try Samples().request.blindedMessage
        let shortest = try AmortizedBatchTokenRequest(decoding: batch(length: [0x20], elements: element))
        #expect(shortest.blindedElements.count == 1)
        #expect(throws: MessageError.nonMinimalInteger) {
            try AmortizedBatchTokenRequest(decoding: self.batch(length: length, elements: element))
        }
    }

    @Test func aLengthThatClaimsMoreThanThereIsIsRefusedBeforeItIsAllocated() {
        let huge: [UInt8] = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xe0]
        #expect(throws: MessageError.tooManyItems) {
            try AmortizedBatchTokenRequest(decoding: self.batch(length: huge, elements: []), maximumCount: 65_535)
        }
        #expect(throws: MessageError.truncated) {
            try AmortizedBatchTokenRequest(
                decoding: self.batch(length: [0x8c, 0x80, 0, 0], elements: []), maximumCount: .max)
        }
    }

    @Test func aLengthThatIsNoMultipleOf32IsRefused() {
        #expect(throws: MessageError.invalidLength) {
            try AmortizedBatchTokenRequest(
                decoding: self.batch(length: [33], elements: [UInt8](repeating: 1, count: 33)))
        }
    }

    @Test func oneItemMoreThanTheLimitIsRefused() throws {
        let samples = try Samples(batchCount: 5)
        let whole = try AmortizedBatchTokenRequest(decoding: samples.batchRequest.encoded, maximumCount: 5)
        #expect(whole.blindedElements.count == 5)
        #expect(throws: MessageError.tooManyItems) {
            try AmortizedBatchTokenRequest(decoding: samples.batchRequest.encoded, maximumCount: 4)
        }
        #expect(throws: MessageError.tooManyItems) {
            try AmortizedBatchTokenResponse(decoding: samples.batchResponse.encoded, maximumCount: 4)
        }
    }

    @Test func badElementsAreRefusedWhereverTheyStand() throws {
        let samples = try Samples(batchCount: 3)
        let identity = [UInt8](repeating: 0, count: 32)
        for index in 0..<3 {
            for bad in [identity, [UInt8](repeating: 0xff, count: 32)] {
                var bytes = samples.batchRequest.encoded
                bytes.replaceSubrange(5 + index * 32..<37 + index * 32, with: bad)
                #expect(throws: MessageError.invalidEncoding) { try AmortizedBatchTokenRequest(decoding: bytes) }
            }
        }
    }

    @Test(arguments: [0, 1, 63, 64, 16_383, 16_384, 1 << 30 - 1, 1 << 30, 1 << 62 - 1] as [UInt64])
    func variableSizeIntegersSurviveInTheirShortestForm(value: UInt64) throws {
        var writer = ByteWriter()
        writer.append(variableSizeInteger: value)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.variableSizeInteger() == value)
        #expect(reader.remaining == 0)
        let expected = value < 64 ? 1 : value < 16_384 ? 2 : value < 1 << 30 ? 4 : 8
        #expect(writer.bytes.count == expected)
    }
}
